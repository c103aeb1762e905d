import {
  type Kept,
  type KeptAnswers,
  type KeptRequest,
  type KeptResponse,
  keptUntil,
} from "@xinqiao/protocol/evidence";
import {
  commit,
  commitmentOf,
  type ErasureReason,
  type LogEntry,
  type LogEntryDraft,
  opens,
  type SealedEntry,
} from "@xinqiao/protocol/log";

/** What is kept beside an entry, in the same write. */
export interface Evidence {
  /** Milliseconds since 1970: kept until then. */
  readonly until: number;
  /** Whom it is about (`subjectText`), where the entry itself does not commit to a subject. */
  readonly subject?: string;
  /** The same, where only the tag of it is known. */
  readonly tag?: SubjectTag;
  readonly request?: KeptRequest;
  readonly answers?: KeptAnswers;
}

/** What is there only once the entry is durable, for its place in the log stands in it. */
export interface LateEvidence {
  readonly response: KeptResponse;
}

/** What is kept beside an entry, opened. */
export interface KeptEvidence {
  readonly kept: Kept;
  readonly response?: KeptResponse;
}

/** `nothing`: none was kept, it was erased, or its time is over. `damaged`: it is there and does not open. */
export type ReadEvidence = KeptEvidence | "nothing" | "damaged";

/** A value that an entry has committed to, as far as what opens it is kept. */
export function openedValue(entry: LogEntry, beside: ReadEvidence, field: string): string | undefined {
  const commitment = commitmentOf(entry, field);
  if (typeof beside === "string" || commitment === undefined) return undefined;
  return beside.kept.openings.find(
    ({ field: name, key, value }) =>
      name === field && opens(commitment, { key: Buffer.from(key, "base64"), value }),
  )?.value;
}

/** What is to be destroyed: everything kept about the subject of a tag, and its key. */
export interface Erasure {
  readonly tag: SubjectTag;
  readonly reason: ErasureReason;
}

/** Sixteen bytes, hexadecimal: finds what is kept about one subject, and without its key says nothing of whom. */
export type SubjectTag = string;

const tagBytes = 16;

/** Of what is about nobody: kept under a key of the log's own. */
export const nobodysTag: SubjectTag = "00".repeat(tagBytes);

export type TagOf = (subject: string | undefined) => SubjectTag;

/** HMAC-SHA256 under the log's tag key. */
export function subjectTags(key: Uint8Array): TagOf {
  return (subject) =>
    subject === undefined
      ? nobodysTag
      : Buffer.from(commit(key, subject), "base64url").toString("hex", 0, tagBytes);
}

/** What a case's reference is committed to under. */
export const caseField = "caseReference";

/** Finds what was asked under a case's reference, as a subject's tag finds what is about it. No reference has a subject's tag. */
export function caseTag(key: Uint8Array, reference: string): Buffer {
  return Buffer.from(commit(key, `case ${reference}`), "base64url").subarray(0, tagBytes);
}

export interface KeptBeside {
  readonly tag: SubjectTag;
  readonly until: number;
  readonly kept: Kept;
}

/** What is to be kept beside an entry; nothing when it has no secrets and nobody brought evidence. */
export function keptBeside(
  { private: values }: LogEntryDraft,
  { openings }: Pick<SealedEntry, "openings">,
  evidence: Evidence | undefined,
  { at, tagOf }: { readonly at: number; readonly tagOf: TagOf },
): KeptBeside | undefined {
  const { request, answers } = evidence ?? {};
  if (openings.length === 0 && request === undefined && answers === undefined) return undefined;
  return {
    tag: evidence?.tag ?? tagOf(evidence?.subject ?? values?.subject),
    until: evidence?.until ?? keptUntil(at, []),
    kept: {
      openings: openings.map(({ field, key, value }) => ({
        field,
        key: Buffer.from(key).toString("base64"),
        value,
      })),
      ...(request && { request }),
      ...(answers && { answers }),
    },
  };
}
