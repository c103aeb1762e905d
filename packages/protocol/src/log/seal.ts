import { hash } from "node:crypto";
import { commit, commitmentKeyBytes, type Opening } from "../commitment/index.ts";
import type { LogEntryDraft, OutcomeRowDraft } from "./draft.ts";
import { encodeEntry } from "./encode.ts";
import type { LogEntry, OutcomeRow } from "./entry.ts";

/** An entry ready to be stored: its leaf, and apart from it what opens its commitments. */
export interface SealedEntry {
  readonly entry: LogEntry;
  /** The leaf as text; its UTF-8 bytes are what is stored and hashed. */
  readonly leaf: string;
  readonly openings: readonly Opening[];
}

/**
 * Stamps a draft and replaces its private values by commitments. `at` is milliseconds since 1970;
 * `randomBytes` is the operating system's randomness.
 */
export function sealEntry(
  draft: LogEntryDraft,
  at: number,
  randomBytes: (length: number) => Uint8Array,
): SealedEntry {
  const openings: Opening[] = [];
  const commitTo = (field: string, value: string): string => {
    const key = randomBytes(commitmentKeyBytes);
    openings.push({ field, key, value });
    return commit(key, value);
  };
  const entry = stamp(draft, new Date(at).toISOString(), commitTo);
  return { entry, leaf: encodeEntry(entry), openings };
}

type CommitTo = (field: string, value: string) => string;

function stamp(draft: LogEntryDraft, at: string, commitTo: CommitTo): LogEntry {
  const { private: values, ...open } = draft;
  const commitments = values && {
    commitments: Object.fromEntries(
      Object.entries(values).map(([field, value]) => [field, commitTo(field, value)]),
    ),
  };
  if (open.kind === "lookup.outcome") {
    const rows = open.rows.map((row) => sealRow(row, commitTo));
    return { v: 1, at, ...open, rows, ...commitments };
  }
  return { v: 1, at, ...open, ...commitments };
}

/** Picks the fields one by one: a row that carries more than the log's must not bring it into the leaf. */
function sealRow({ answer, ...row }: OutcomeRowDraft, commitTo: CommitTo): OutcomeRow {
  return {
    jurisdiction: row.jurisdiction,
    node: row.node,
    ...(row.via !== undefined && { via: row.via }),
    status: row.status,
    ...(row.code !== undefined && { code: row.code }),
    ...(row.asOf !== undefined && { asOf: row.asOf }),
    latencyMs: row.latencyMs,
    ...(row.answeredAt !== undefined && { answeredAt: row.answeredAt }),
    ...(answer !== undefined && {
      answerCommitment: commitTo(answerField(row.jurisdiction), answerDigest(answer)),
    }),
  };
}

/** What an outcome commits to: the SHA-256 of a node's signed answer, base64url. The answer itself is not kept. */
export function answerDigest(answer: string): string {
  return hash("sha256", answer, "base64url");
}

/** The commitment an entry makes under a field's name, to hold an opening against. */
export function commitmentOf(entry: LogEntry, field: string): string | undefined {
  const row =
    entry.kind === "lookup.outcome" &&
    entry.rows.find(({ jurisdiction }) => answerField(jurisdiction) === field);
  return row ? row.answerCommitment : entry.commitments?.[field];
}

/** The fields that an entry commits to. */
export function committedFields(entry: LogEntry): readonly string[] {
  const rows = entry.kind === "lookup.outcome" ? entry.rows : [];
  return [
    ...Object.keys(entry.commitments ?? {}),
    ...rows.flatMap(({ answerCommitment, jurisdiction }) =>
      answerCommitment === undefined ? [] : [answerField(jurisdiction)],
    ),
  ];
}

/** What the answer of a jurisdiction is committed to under: an outcome has one row a jurisdiction. */
export function answerField(jurisdiction: string): string {
  return `answer.${jurisdiction}`;
}
