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
  readonly indexed: Indexed | undefined;
}

/** Takes entries in their order, and how far the index then is: within a transaction of the caller's. */
export function createIndexWriter(database: Database): (entries: readonly ReadEntry[]) => void {
  const insert = prepare(database);
  const { number } = openNames(database);
  const word = (text: string | null) => (text === null ? null : number(text));

  function addLine({ index, at, tag }: ReadEntry, line: Line): void {
    insert.line.run({
      idx: index,
      at,
      kind: number(line.kind),
      actor: word(line.actor),
      member: word(line.member),
      purpose: word(line.purpose),
      outcome: word(line.outcome),
      code: word(line.code),
      issuer: word(line.issuer),
      authorisation: idBytes(line.authorisation),
      exchange: idBytes(line.exchange),
      trace: idBytes(line.trace),
      tag,
    });
    for (const node of new Set(line.targets)) insert.target.run(number(node), at, index);
  }

  return (entries) => {
    for (const entry of entries) {
      const { indexed, index, leafHash } = entry;
      if (indexed && "line" in indexed) addLine(entry, indexed.line);
      else if (indexed) insert.close.run(number(indexed.outcome), index, indexed.closes);
      insert.leaf.run(hashPrefix(leafHash), index);
    }
    const last = entries.at(-1);
    if (last) insert.progress.run(last.index + 1, last.leafHash);
  };
}

function prepare(database: Database) {
  return {
    line: database.prepare(
      `INSERT INTO line (idx, at, kind, actor, member, purpose, outcome, code, issuer, authorisation, exchange, trace, tag)
       VALUES (:idx, :at, :kind, :actor, :member, :purpose, :outcome, :code, :issuer, :authorisation, :exchange, :trace, :tag)`,
    ),
    close: database.prepare("UPDATE line SET outcome = ?, closed = ? WHERE idx = ?"),
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
