import { keptBody } from "@xinqiao/protocol/evidence";
import {
  answerDigest,
  answerField,
  commitmentOf,
  committedFields,
  decodeEntry,
  type LogEntry,
  opens,
} from "@xinqiao/protocol/log";
import type { KeptEvidence } from "../../log/index.ts";
import type { Database } from "./database.ts";
import { evidenceReader } from "./read-evidence.ts";
import type { EntryRow } from "./tree.ts";

/** What is not there any more of what was kept beside entries. */
export interface Lost {
  /** Entries with a commitment that nothing opens: it was erased, or its time was over. The log says so itself. */
  readonly erased: number;
  /**
   * Entries of exchanges whose commitments all open, without the signed request, answers or response beside them. Leaves do
   * not say that there were any: a crash may lose a response, and earlier versions kept none of them.
   */
  readonly partial: number;
}

export interface BesideCheck {
  take(row: EntryRow): void;
  finish(): Lost;
}

/** What is stored beside the leaves must say what they say: it is what people search and open by. */
export function createBesideCheck(database: Database, find: (text: string) => void): BesideCheck {
  const evidenceOf = evidenceReader(database);
  const listed = database.prepare<[], number>("SELECT entry FROM open_intent ORDER BY entry").pluck();
  const open = new Set<number>();
  const lost = { erased: 0, partial: 0 };
  let removed = 0;
  let latest = Number.NEGATIVE_INFINITY;

  function takeEvidence(index: number, entry: LogEntry): void {
    const evidence = evidenceOf(index);
    if (evidence === "damaged") find(`entry ${index}: what is kept beside it does not open`);
    if (typeof evidence === "string") {
      if (evidence === "nothing" && committedFields(entry).length > 0) lost.erased += 1;
      return;
    }
    for (const finding of misfits(entry, evidence)) find(`entry ${index}: ${finding}`);
    if (!opensAll(entry, evidence)) lost.erased += 1;
    else if (isPartial(entry, evidence)) lost.partial += 1;
  }

  function takeEntry(row: EntryRow, entry: LogEntry): void {
    latest = Math.max(latest, Date.parse(entry.at));
    if (!columnsAgree(row, entry, latest)) find(`entry ${row.idx} is listed as something it is not`);
    takeEvidence(row.idx, entry);
    if (entry.kind === "subject.erased" || entry.kind === "evidence.expired") removed += entry.entries;
    if (entry.kind === "lookup.intent") open.add(row.idx);
    else if ("intent" in entry) open.delete(entry.intent);
  }

  return {
    take(row) {
      const entry = decodeEntry(Buffer.from(row.leaf));
      if (entry.ok) takeEntry(row, entry.value);
      else {
        latest = Math.max(latest, row.at);
        find(`entry ${row.idx} cannot be read: ${entry.error}`);
      }
    },
    finish() {
      for (const index of listed.all()) {
        if (!open.delete(index)) find(`entry ${index} is listed as an open intent but is not one`);
      }
      for (const index of open) find(`intent ${index} has no outcome but is not listed as open`);
      // An erasure that the log does not know is none: somebody has taken something away.
      if (lost.erased > removed) {
        find(
          `${lost.erased} entries have lost what opens their commitments, ${removed} by what the log says`,
        );
      }
      return lost;
    },
  };
}

/** What is there and is not what the leaf speaks of. */
function misfits(entry: LogEntry, { kept, response }: KeptEvidence): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const { field, key, value } of kept.openings) {
    const commitment = commitmentOf(entry, field);
    const fits = commitment !== undefined && opens(commitment, { key: Buffer.from(key, "base64"), value });
    if (!fits) found.push(`the value kept for ${field} is not the one committed to`);
    if (seen.has(field)) found.push(`${field} is kept more than once`);
    seen.add(field);
  }
  for (const { jurisdiction, jws } of kept.answers ?? []) {
    const opening = kept.openings.find(({ field }) => field === answerField(jurisdiction));
    if (opening && opening.value === answerDigest(jws)) continue;
    found.push(`the answer kept for ${jurisdiction} is not the one committed to`);
  }
  if (response && keptBody(response, kept.answers ?? []) === undefined) {
    found.push("answers that stood in the response kept are gone");
  }
  return found;
}

function opensAll(entry: LogEntry, { kept }: KeptEvidence): boolean {
  const kinds = new Set(kept.openings.map(({ field }) => field));
  return committedFields(entry).every((field) => kinds.has(field));
}

function isPartial(entry: LogEntry, { kept, response }: KeptEvidence): boolean {
  if (entry.kind === "lookup.intent") return kept.request === undefined;
  if (entry.kind === "lookup.refused") return kept.request === undefined || response === undefined;
  if (entry.kind !== "lookup.outcome") return false;
  const answered = entry.rows.filter(({ answerCommitment }) => answerCommitment !== undefined);
  const answers = new Set(kept.answers?.map(({ jurisdiction }) => jurisdiction));
  return response === undefined || !answered.every(({ jurisdiction }) => answers.has(jurisdiction));
}

/** @param latest of the instants that the leaves so far tell: what entries are found by never falls */
function columnsAgree({ at, told, kind, exchange }: EntryRow, entry: LogEntry, latest: number): boolean {
  const instant = Date.parse(entry.at);
  const isFound = at === latest && told === (instant < latest ? instant : null);
  return isFound && kind === entry.kind && exchange === entry.exchange;
}
