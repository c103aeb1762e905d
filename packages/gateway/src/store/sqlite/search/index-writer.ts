import { hourMs } from "../../../alerts/index.ts";
import type { Database } from "../database.ts";
import type { Indexed, Line } from "./line.ts";
import { openNames } from "./names.ts";

/** An entry as the follower has read it from the log. */
export interface ReadEntry {
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly leafHash: Buffer;
  /** Keyed tag of whom it is about. */
  readonly tag: Buffer | null;
  /** Keyed tag of the case that it was asked under. */
  readonly caseTag: Buffer | null;
  readonly indexed: Indexed | undefined;
}

/** Takes entries in their order, and how far the index then is: within a transaction of the caller's. */
export function createIndexWriter(database: Database): (entries: readonly ReadEntry[]) => void {
  const insert = prepare(database);
  const { number } = openNames(database);
  const word = (text: string | null) => (text === null ? null : number(text));
  const tally = createTally(database);

  function addLine({ index, at, tag, caseTag }: ReadEntry, line: Line): void {
    const row = {
      member: word(line.member),
      purpose: word(line.purpose),
      outcome: word(line.outcome),
      at,
    };
    insert.line.run({
      ...row,
      idx: index,
      kind: number(line.kind),
      actor: word(line.actor),
      code: word(line.code),
      issuer: word(line.issuer),
      exchange: idBytes(line.exchange),
      trace: idBytes(line.trace),
      tag,
      caseTag,
    });
    tally(row, 1);
    insert.lookAgain.run({ at, hourMs });
    if (line.kind === "lookup.intent") insert.firstUse.run(row.member, row.purpose, at, index);
    for (const node of new Set(line.targets)) insert.target.run(number(node), at, index);
  }

  function closeLine({ index }: ReadEntry, closes: number, outcome: string): void {
    const before = insert.tallied.get(closes);
    if (before === undefined) return;
    const now = { ...before, outcome: number(outcome) };
    insert.close.run(now.outcome, index, closes);
    tally(before, -1);
    tally(now, 1);
  }

  function take(entry: ReadEntry): void {
    const { indexed, index, leafHash } = entry;
    insert.leaf.run(hashPrefix(leafHash), index);
    if (indexed === undefined) return;
    if ("closes" in indexed) {
      closeLine(entry, indexed.closes, indexed.outcome);
      return;
    }
    addLine(entry, indexed.line);
    if (indexed.raises !== undefined) insert.raise.run(indexed.raises, index);
    if (indexed.acknowledges !== undefined) insert.acknowledge.run(index, indexed.acknowledges);
  }

  return (entries) => {
    for (const entry of entries) take(entry);
    const last = entries.at(-1);
    if (last) insert.progress.run(last.index + 1, last.leafHash);
  };
}

interface Tallied {
  readonly at: number;
  readonly member: number | null;
  readonly purpose: number | null;
  readonly outcome: number | null;
}

function createTally(database: Database): (line: Tallied, more: 1 | -1) => void {
  const add = database.prepare(
    `INSERT INTO tally (hour, member, purpose, outcome, lines) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET lines = lines + excluded.lines`,
  );
  // 0: none. Numbers of words begin with 1.
  return ({ at, member, purpose, outcome }, more) =>
    void add.run(Math.floor(at / hourMs), member ?? 0, purpose ?? 0, outcome ?? 0, more);
}

function prepare(database: Database) {
  return {
    line: database.prepare(
      `INSERT INTO line (idx, at, kind, actor, member, purpose, outcome, code, issuer, exchange, trace, tag, case_tag)
       VALUES (:idx, :at, :kind, :actor, :member, :purpose, :outcome, :code, :issuer, :exchange, :trace, :tag, :caseTag)`,
    ),
    close: database.prepare("UPDATE line SET outcome = ?, closed = ? WHERE idx = ?"),
    tallied: database.prepare<[number], Tallied>(
      "SELECT at, member, purpose, outcome FROM line WHERE idx = ?",
    ),
    firstUse: database.prepare(
      "INSERT OR IGNORE INTO first_use (member, purpose, at, line) VALUES (?, ?, ?, ?)",
    ),
    // After a clock was set back, hours that were over go on.
    lookAgain: database.prepare("UPDATE watched SET until = :at - :at % :hourMs WHERE until > :at"),
    raise: database.prepare("INSERT OR IGNORE INTO alert (id, raised) VALUES (?, ?)"),
    acknowledge: database.prepare("UPDATE alert SET acknowledged = coalesce(acknowledged, ?) WHERE id = ?"),
    target: database.prepare("INSERT INTO target (node, at, line) VALUES (?, ?, ?)"),
    leaf: database.prepare("INSERT INTO leaf (hash, idx) VALUES (?, ?)"),
    progress: database.prepare("INSERT OR REPLACE INTO progress (one, size, tip) VALUES (1, ?, ?)"),
  };
}

/** A UUID or a trace id as its 16 bytes. */
export function idBytes(id: string | null): Buffer | null {
  return id === null ? null : Buffer.from(id.replaceAll("-", ""), "hex");
}

export function hashPrefix(hash: Uint8Array): bigint {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).readBigInt64BE(0);
}
