import { text } from "node:stream/consumers";
import { type FoundLine, type SearchPlace, searchPage } from "@xinqiao/protocol/audit";
import {
  type CriterionOptions,
  criteriaOf,
  type HeldVersions,
  shownTable,
  unknownNamed,
} from "@xinqiao/runtime/audit";
import { countOf } from "@xinqiao/runtime/cli";
import { openCatalogueFolder } from "../catalogue/index.ts";
import { type GatewayConfig, loadConfig, readTagKey } from "../config/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { indexedCriteria } from "../search/index.ts";
import { type OpenedSearch, openSearch } from "../store/sqlite/index.ts";

export interface ListOptions extends CriterionOptions {
  readonly home: string;
  readonly subject?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** What an auditor could find, for the operator, from the files of this machine; it asks nobody and writes no entry. */
export async function list(options: ListOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const limit = countOf("--limit", options.limit);
  const id = options.subject === "-" ? (await text(process.stdin)).trim() : options.subject;
  const wanted = criteriaOf(options, id);
  for (const told of unknownNamed(wanted, await newestVersions(config))) process.stderr.write(`${told}\n`);
  const criteria = indexedCriteria(wanted, await readTagKey(config.logTagKey));
  const index = await caughtUp(config);
  try {
    const lines: FoundLine[] = [];
    for (let after: SearchPlace | undefined, more = true; more && lines.length < limit; ) {
      const page = index.search({ criteria, limit: Math.min(limit - lines.length, searchPage), after });
      lines.push(...page.lines);
      after = page.next;
      more = after !== undefined;
    }
    if (options.json) return lines.map((line) => JSON.stringify(line)).join("\n");
    return shownTable(lines);
  } finally {
    index.close();
  }
}

/** Of versions that cannot be read nothing is told: the log is listed all the same. */
async function newestVersions(config: GatewayConfig): Promise<HeldVersions> {
  const nothing = () => undefined;
  return {
    registry: await openRegistryFolder(config.registry, Date.now).newest().catch(nothing),
    catalogue: await openCatalogueFolder(config.catalogue).newest().catch(nothing),
  };
}

/** The index beside the log, taken as far as the log is: also when no gateway runs. */
export async function caughtUp({ log, search, logTagKey }: GatewayConfig): Promise<OpenedSearch> {
  const index = openSearch({ log, search, tagKey: await readTagKey(logTagKey) });
  while (index.step());
  return index;
}
