import { join } from "node:path";
import type { Criteria } from "@xinqiao/protocol/audit";
import { type CriterionOptions, criteriaOf } from "@xinqiao/runtime/audit";
import { CommandError } from "@xinqiao/runtime/cli";
import { readSavedSearches, writeSavedSearches } from "../audit/index.ts";
import { readIdentifier } from "./identifier.ts";

export interface CriteriaOptions extends CriterionOptions {
  readonly home: string;
  readonly subject?: string;
  readonly saved?: string;
  readonly save?: string;
}

const fileIn = (home: string) => join(home, "saved-searches.json");

/** What to search by: of a search that was saved, and of what is said beside it. */
export async function readCriteria(options: CriteriaOptions): Promise<Criteria> {
  const { home, subject, saved, save } = options;
  const id = subject === undefined ? undefined : await readIdentifier(subject);
  const searches = saved === undefined && save === undefined ? {} : await readSavedSearches(fileIn(home));
  const kept = saved === undefined ? {} : searches[saved];
  if (kept === undefined) throw new CommandError(`no saved search ${saved} · 没有该名称的已存检索`);
  const criteria = { ...kept, ...criteriaOf(options, id) };
  if (save !== undefined) {
    const { subject: _subject, ...open } = criteria;
    await writeSavedSearches(fileIn(home), { ...searches, [save]: open });
  }
  return criteria;
}

export async function listSaved(home: string): Promise<string> {
  const searches = Object.entries(await readSavedSearches(fileIn(home)));
  return searches.map(([name, criteria]) => `${name}\t${JSON.stringify(criteria)}`).join("\n");
}
