import {
  baseCatalogue,
  type CatalogueContent,
  type CatalogueDocument,
  diffCatalogues,
} from "@xinqiao/protocol/catalogue";
import { ConfigError } from "@xinqiao/runtime/config";
import { describeChanges } from "./catalogue-changes.ts";
import { readDraft } from "./catalogue-draft.ts";
import { openCatalogueForPublishing } from "./catalogue-publishing.ts";

const nothing: CatalogueContent = { classes: [], items: [], purposes: [] };

/** The newest version for an operator to edit; the base catalogue when none was published yet. */
export async function exportCatalogue(home: string, now: () => number): Promise<string> {
  const { held } = await openCatalogueForPublishing(home, now);
  const { classes, items, purposes } = held?.document ?? baseCatalogue();
  return JSON.stringify({ ...(held && { after: held.document.version }), classes, items, purposes }, null, 2);
}

/** Throws with every fault and its place. */
export async function validateCatalogue(home: string, file: string, now: () => number): Promise<string> {
  const { classes, items, purposes } = await readDraft(file, await openCatalogueForPublishing(home, now));
  return `sound · 目录有效: ${classes.length} classes, ${items.length} items, ${purposes.length} purposes`;
}

/** What a draft changes of the newest version, and which of it widens disclosure. */
export async function diffCatalogue(
  home: string,
  file: string,
  json: boolean,
  now: () => number,
): Promise<string> {
  const publishing = await openCatalogueForPublishing(home, now);
  const draft = await readDraft(file, publishing);
  const before = publishing.held?.document ?? nothing;
  const changes = diffCatalogues(before, draft);
  return json ? JSON.stringify(changes, null, 2) : describeChanges(changes, draft);
}

/** Signs a draft and publishes it. Gateway and members take it by themselves. */
export async function publishCatalogue(
  home: string,
  file: string,
  now: () => number,
): Promise<CatalogueDocument> {
  const publishing = await openCatalogueForPublishing(home, now);
  const { after, ...content } = await readDraft(file, publishing);
  const newest = publishing.held?.document.version;
  if (after !== undefined && after !== newest) {
    throw new ConfigError(file, [
      `was exported from version ${after}, and version ${newest} was published since: export that one and change it again`,
    ]);
  }
  return publishing.publish(content);
}
