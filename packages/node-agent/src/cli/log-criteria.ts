import { join } from "node:path";
import { type Criteria, openCriteria } from "@xinqiao/protocol/audit";
import { type CriterionOptions, criteriaOf, unknownNamed } from "@xinqiao/runtime/audit";
import { readCatalogueFile } from "@xinqiao/runtime/catalogue";
import { CommandError } from "@xinqiao/runtime/cli";
import { readRegistryFile } from "@xinqiao/runtime/registry";
import { readSavedSearches, writeSavedSearches } from "../audit/index.ts";
import type { AgentConfig } from "../config/index.ts";
import { readIdentifier } from "./identifier.ts";

export interface CriteriaOptions extends CriterionOptions {
  readonly home: string;
  readonly subject?: string;
  readonly saved?: string;
  readonly save?: string;
}

const fileIn = (home: string) => join(home, "saved-searches.json");

/** What to search by: of a search that was saved, and of what is said beside it. */
export async function readCriteria(options: CriteriaOptions, config: AgentConfig): Promise<Criteria> {
  const { home, subject, saved, save } = options;
  const id = subject === undefined ? undefined : await readIdentifier(subject);
  const searches = saved === undefined && save === undefined ? {} : await readSavedSearches(fileIn(home));
  const kept = saved === undefined ? {} : searches[saved];
  if (kept === undefined) throw new CommandError(`no saved search ${saved} · 没有该名称的已存检索`);
  const criteria = { ...kept, ...criteriaOf(options, id) };
  if (save !== undefined) {
    await writeSavedSearches(fileIn(home), { ...searches, [save]: openCriteria(criteria) });
  }
  await tellUnknown(criteria, config);
  return criteria;
}

/** On standard error: what is printed as JSON stays JSON. */
async function tellUnknown(criteria: Criteria, config: AgentConfig): Promise<void> {
  const registry = await readRegistryFile(config.registry, Date.now());
  const catalogue = await readCatalogueFile(config.catalogue);
  for (const told of unknownNamed(criteria, { registry, catalogue })) process.stderr.write(`${told}\n`);
}

export async function listSaved(home: string): Promise<string> {
  const searches = Object.entries(await readSavedSearches(fileIn(home)));
  return searches.map(([name, criteria]) => `${name}\t${JSON.stringify(criteria)}`).join("\n");
}
