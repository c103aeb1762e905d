import type { NodeId } from "@xinqiao/protocol/identity";
import { commitmentOf, decodeEntry, type LogEntry, opens } from "@xinqiao/protocol/log";
import { type GivenLeaf, refusalDigest, toldDigest } from "@xinqiao/protocol/reconciliation";
import type { BookLine } from "../book/index.ts";

type Outcome = Extract<LogEntry, { kind: "lookup.outcome" }>;

/** A leaf as it was given, read. */
export interface ReadLeaf {
  readonly given: GivenLeaf;
  readonly entry: LogEntry;
}

export function readLeaf(given: GivenLeaf): ReadLeaf[] {
  const entry = decodeEntry(Buffer.from(given.leaf));
  return entry.ok ? [{ given, entry: entry.value }] : [];
}

/**
 * The leaves that say of an exchange what this member's own book says: who asked, when, for what, and what came of it,
 * down to the digest of every answer. Undefined when they do not.
 */
export function leavesThatSay(
  line: BookLine,
  leaves: readonly ReadLeaf[],
  self: NodeId,
): readonly GivenLeaf[] | undefined {
  const own = leaves.filter(({ entry }) => entry.exchange?.toLowerCase() === line.exchange.toLowerCase());
  if (line.side === "asked" && line.status === "refused") {
    const refusal = own.find((leaf) => isRefusal(leaf, line, self));
    return refusal && [refusal.given];
  }
  const outcome = own.find((leaf) =>
    line.side === "asked" ? isTold(leaf, line, self) : isAnswered(leaf, line, self),
  );
  const intent = outcome && own.find((leaf) => isIntent(leaf, outcome, line, self));
  return intent && outcome && [intent.given, outcome.given];
}

const seconds = (instant: string | undefined) =>
  instant === undefined ? Number.NaN : Date.parse(instant) / 1000;

/** One side's catalogue may know a purpose that the other's does not (yet): then it says none. */
const isFor = (said: string | null, known: string) => said === null || known === "-" || said === known;

function isRefusal(
  { given, entry }: ReadLeaf,
  { at, digest, purpose, place }: BookLine,
  self: NodeId,
): boolean {
  return (
    entry.kind === "lookup.refused" &&
    entry.actor === self &&
    entry.requester === undefined &&
    seconds(entry.askedAt) === at &&
    refusalDigest(entry.code) === digest &&
    isFor(entry.purpose, purpose) &&
    given.index === place?.entry
  );
}

function isTold({ given, entry }: ReadLeaf, { status, digest, place }: BookLine, self: NodeId): boolean {
  return (
    entry.kind === "lookup.outcome" &&
    entry.actor === self &&
    entry.requester === undefined &&
    given.index === place?.entry &&
    entry.intent === place.intent &&
    status === (entry.complete ? "complete" : "partial") &&
    digestOfRows(entry, given) === digest
  );
}

/** Every answer by the digest that opens its commitment; one that is not opened is not the one that was told. */
function digestOfRows(entry: Outcome, given: GivenLeaf): string {
  const rows = entry.rows.map(({ jurisdiction, node, status, code, answerCommitment }) => ({
    jurisdiction,
    node,
    status,
    code,
    answer: answerCommitment === undefined ? undefined : openedAnswer(entry, given, jurisdiction),
  }));
  return toldDigest(entry.complete, rows);
}

function openedAnswer(entry: Outcome, { answers }: GivenLeaf, jurisdiction: string): string {
  const commitment = commitmentOf(entry, `answer.${jurisdiction}`) ?? "";
  const opening = answers?.[jurisdiction];
  const holds =
    opening !== undefined &&
    opens(commitment, { key: Buffer.from(opening.key, "base64"), value: opening.value });
  return holds ? opening.value : commitment;
}

function isAnswered(
  { given, entry }: ReadLeaf,
  { at, status, digest, requester }: BookLine,
  self: NodeId,
): boolean {
  if (entry.kind !== "lookup.outcome" || (entry.requester ?? entry.actor) !== requester) return false;
  return entry.rows.some(
    (row) =>
      row.node === self &&
      row.answerCommitment !== undefined &&
      seconds(row.answeredAt) === at &&
      (row.status === "refused") === (status === "refused") &&
      openedAnswer(entry, given, row.jurisdiction) === digest,
  );
}

/** The intent that the outcome closes: for the same requester and the purpose this member knows of. */
function isIntent(
  { given, entry }: ReadLeaf,
  { entry: outcome }: ReadLeaf,
  { side, at, requester, purpose }: BookLine,
  self: NodeId,
): boolean {
  if (entry.kind !== "lookup.intent" || outcome.kind !== "lookup.outcome") return false;
  const named = side === "asked" ? seconds(entry.askedAt) === at : entry.targets.includes(self);
  return (
    named &&
    given.index === outcome.intent &&
    (entry.requester ?? entry.actor) === requester &&
    isFor(entry.purpose, purpose)
  );
}
