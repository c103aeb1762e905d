import { isCopied } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import { answerField, commitmentOf, decodeEntry, type LogEntry, opens } from "@xinqiao/protocol/log";
import { type GivenLeaf, refusalDigest, toldDigest } from "@xinqiao/protocol/reconciliation";
import type { BookLine } from "../book/index.ts";

type Outcome = Extract<LogEntry, { kind: "lookup.outcome" }>;
type OutcomeRow = Outcome["rows"][number];

/** A leaf as it was given, read. */
export interface ReadLeaf {
  readonly given: GivenLeaf;
  readonly entry: LogEntry;
}

export function readLeaf(given: GivenLeaf): ReadLeaf[] {
  const entry = decodeEntry(Buffer.from(given.leaf));
  return entry.ok ? [{ given, entry: entry.value }] : [];
}

const ofExchange = (leaves: readonly ReadLeaf[], { exchange }: BookLine) =>
  leaves.filter(({ entry }) => entry.exchange?.toLowerCase() === exchange.toLowerCase());

/**
 * The leaves that say of an exchange what this member's own book says: who asked, when, for what, and what came of it,
 * down to the digest of every answer. Undefined when they do not.
 */
export function leavesThatSay(
  line: BookLine,
  leaves: readonly ReadLeaf[],
  self: NodeId,
): readonly GivenLeaf[] | undefined {
  const own = ofExchange(leaves, line);
  if (line.side === "asked" && line.status === "refused") {
    const refusal = own.find((leaf) => isRefusal(leaf, line, self));
    return refusal && [refusal.given];
  }
  const outcome = own.find((leaf) =>
    line.side === "asked"
      ? isTold(leaf, line, self) && digestOfRows(leaf) === line.digest
      : isAnswered(leaf, line, self, (row) => openedAnswer(leaf, row) === line.digest),
  );
  const intent = outcome && own.find((leaf) => isIntent(leaf, outcome, line, self));
  return intent && outcome && [intent.given, outcome.given];
}

/**
 * The leaves that say the same but for the digests, of which nothing is opened any more, and one after them by which the log
 * has destroyed evidence.
 */
export function leavesThatSayErased(
  line: BookLine,
  leaves: readonly ReadLeaf[],
  self: NodeId,
): readonly GivenLeaf[] | undefined {
  const own = ofExchange(leaves, line);
  const outcome = own.find((leaf) => {
    const closed = ({ jurisdiction }: OutcomeRow) => leaf.given.answers?.[jurisdiction] === undefined;
    return line.side === "asked"
      ? isTold(leaf, line, self) && answeredRows(leaf).length > 0 && answeredRows(leaf).every(closed)
      : isAnswered(leaf, line, self, closed);
  });
  const intent = outcome && own.find((leaf) => isIntent(leaf, outcome, line, self));
  const erasure = outcome && leaves.find((leaf) => erases(leaf) && leaf.given.index > outcome.given.index);
  return intent && erasure && [intent.given, outcome.given, erasure.given];
}

const erases = ({ entry: { kind } }: ReadLeaf) => kind === "subject.erased" || kind === "evidence.expired";

/**
 * The leaves that say that this member was asked, and that what came of it has no answer of it, or opens another; or
 * that the gateway was stopped before anything came of it.
 */
export function leavesThatSayNotTaken(
  line: BookLine,
  leaves: readonly ReadLeaf[],
  self: NodeId,
): readonly GivenLeaf[] | undefined {
  if (line.side !== "answered") return undefined;
  const own = ofExchange(leaves, line);
  for (const end of own) {
    const intent = own.find((leaf) => isIntent(leaf, end, line, self));
    if (intent !== undefined && (end.entry.kind === "exchange.interrupted" || lacksAnswer(end, line, self)))
      return [intent.given, end.given];
  }
  return undefined;
}

function lacksAnswer(leaf: ReadLeaf, { digest }: BookLine, self: NodeId): boolean {
  if (leaf.entry.kind !== "lookup.outcome") return false;
  const rows = leaf.entry.rows.filter(({ node }) => node === self);
  return rows.length > 0 && rows.every((row) => hasNone(row) || opensAnother(leaf, row, digest));
}

/** What the city says of its copy is no answer of the node. */
const hasNone = (row: OutcomeRow) => row.answerCommitment === undefined || isCopied(row);

function opensAnother(leaf: ReadLeaf, row: OutcomeRow, digest: string | null): boolean {
  const opened = openedAnswer(leaf, row);
  return opened !== row.answerCommitment && opened !== digest;
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

/** But for its answers. */
function isTold({ given, entry }: ReadLeaf, { status, place }: BookLine, self: NodeId): boolean {
  return (
    entry.kind === "lookup.outcome" &&
    entry.actor === self &&
    entry.requester === undefined &&
    given.index === place?.entry &&
    entry.intent === place.intent &&
    status === (entry.complete ? "complete" : "partial")
  );
}

/** With an answer, be it the city's word from its copy: whoever asked was told that, too. */
const answeredRows = ({ entry }: ReadLeaf): readonly OutcomeRow[] =>
  entry.kind === "lookup.outcome" ? entry.rows.filter((row) => row.answerCommitment !== undefined) : [];

/** Every answer by the digest that opens its commitment; one that is not opened is not the one that was told. */
function digestOfRows(leaf: ReadLeaf): string | undefined {
  if (leaf.entry.kind !== "lookup.outcome") return undefined;
  const rows = leaf.entry.rows.map((row) => ({
    jurisdiction: row.jurisdiction,
    node: row.node,
    status: row.status,
    code: row.code,
    answer: row.answerCommitment === undefined ? undefined : openedAnswer(leaf, row),
  }));
  return toldDigest(leaf.entry.complete, rows);
}

function openedAnswer({ entry, given: { answers } }: ReadLeaf, { jurisdiction }: OutcomeRow): string {
  const commitment = commitmentOf(entry, answerField(jurisdiction)) ?? "";
  const opening = answers?.[jurisdiction];
  const holds =
    opening !== undefined &&
    opens(commitment, { key: Buffer.from(opening.key, "base64"), value: opening.value });
  return holds ? opening.value : commitment;
}

function isAnswered(
  { entry }: ReadLeaf,
  { at, status, requester }: BookLine,
  self: NodeId,
  isThis: (row: OutcomeRow) => boolean,
): boolean {
  if (entry.kind !== "lookup.outcome" || (entry.requester ?? entry.actor) !== requester) return false;
  return entry.rows.some(
    (row) =>
      row.node === self &&
      !hasNone(row) &&
      seconds(row.answeredAt) === at &&
      (row.status === "refused") === (status === "refused") &&
      isThis(row),
  );
}

/** The intent that another entry closes: for the same requester and the purpose this member knows of. */
function isIntent(
  { given, entry }: ReadLeaf,
  { entry: end }: ReadLeaf,
  { side, at, requester, purpose }: BookLine,
  self: NodeId,
): boolean {
  if (entry.kind !== "lookup.intent") return false;
  if (end.kind !== "lookup.outcome" && end.kind !== "exchange.interrupted") return false;
  const named = side === "asked" ? seconds(entry.askedAt) === at : entry.targets.includes(self);
  return (
    named &&
    given.index === end.intent &&
    (entry.requester ?? entry.actor) === requester &&
    isFor(entry.purpose, purpose)
  );
}
