import { appendLeaf, type Frontier, frontierPlaces, leafHash, rootOf } from "@xinqiao/protocol/log";
import type { Database } from "./database.ts";
import type { Staged, Written } from "./staged.ts";

export interface LogWriter {
  /** Writes a batch in one transaction; returns once it is on the disk. Throws SQLite's own errors, having written nothing. */
  write(batch: readonly Staged[]): {
    readonly written: Written;
    readonly size: number;
    readonly root: string;
  };
  head(): { readonly size: number; readonly root: string };
  /** A small real write, to learn whether the disk takes one. */
  probe(at: number): void;
}

/** Nonces forgotten with each commit: more than a commit adds on average, few enough never to stall one. */
const purgeLimit = 512;

/** The one writer of the log: entries, tree, openings, nonces and head in one transaction. */
export function createLogWriter(database: Database): LogWriter {
  const insert = prepare(database);
  let frontier = readFrontier(database);

  const writeAll = database.transaction((batch: readonly Staged[]): { next: Frontier; written: Written } => {
    let next = frontier;
    const written = batch.map((staged) => {
      const { claim } = staged;
      if (claim && insert.nonce.run(claim.keyId, claim.nonce, claim.expiresAt).changes === 0)
        return "replayed";
      const index = next.size;
      insert.entry.run(index, staged.at, staged.kind, staged.exchange, staged.leaf);
      for (const { field, key, value } of staged.openings)
        insert.opening.run(index, field, Buffer.from(key, "base64"), value);
      if (staged.kind === "lookup.intent") insert.openIntent.run(index, staged.exchange, staged.actor);
      if (staged.closes !== undefined) insert.closeIntent.run(staged.closes);
      const appended = appendLeaf(next, leafHash(Buffer.from(staged.leaf)));
      for (const { level, index: place, hash } of appended.nodes) insert.node.run(level, place, hash);
      next = appended.frontier;
      return index;
    });
    const latest = batch.at(-1);
    if (latest) insert.purge.run(latest.at, purgeLimit);
    if (next.size > frontier.size) insert.head.run(next.size, rootOf(next));
    return { next, written };
  });

  const head = () => ({ size: frontier.size, root: rootOf(frontier).toString("base64") });
  return {
    write(batch) {
      const { next, written } = writeAll.immediate(batch);
      frontier = next;
      return { written, ...head() };
    },
    head,
    probe: (at) => void insert.probe.run(at),
  };
}

function prepare(database: Database) {
  return {
    entry: database.prepare("INSERT INTO entry (idx, at, kind, exchange, leaf) VALUES (?, ?, ?, ?, ?)"),
    node: database.prepare("INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)"),
    opening: database.prepare("INSERT INTO opening (entry, field, key, value) VALUES (?, ?, ?, ?)"),
    openIntent: database.prepare("INSERT INTO open_intent (entry, exchange, actor) VALUES (?, ?, ?)"),
    closeIntent: database.prepare("DELETE FROM open_intent WHERE entry = ?"),
    nonce: database.prepare("INSERT OR IGNORE INTO nonce (key_id, nonce, expires_at) VALUES (?, ?, ?)"),
    purge: database.prepare(
      "DELETE FROM nonce WHERE (key_id, nonce) IN (SELECT key_id, nonce FROM nonce WHERE expires_at < ? LIMIT ?)",
    ),
    head: database.prepare("INSERT OR REPLACE INTO head (one, size, root) VALUES (1, ?, ?)"),
    probe: database.prepare("INSERT OR REPLACE INTO probe (one, at) VALUES (1, ?)"),
  };
}

interface HeadRow {
  readonly size: number;
  readonly root: Buffer;
}

/** Takes the tree up where it was left. A head that its own nodes do not give is a damaged log: never write to it. */
function readFrontier(database: Database): Frontier {
  const head = database.prepare<[], HeadRow>("SELECT size, root FROM head").get();
  const size = head?.size ?? 0;
  const entries = database
    .prepare<[], { size: number }>("SELECT coalesce(max(idx) + 1, 0) AS size FROM entry")
    .get();
  const node = database.prepare<[number, number], { hash: Buffer }>(
    "SELECT hash FROM node WHERE level = ? AND idx = ?",
  );
  const roots: (Buffer | undefined)[] = [];
  for (const { level, index } of frontierPlaces(size)) {
    while (roots.length < level) roots.push(undefined);
    roots.push(node.get(level, index)?.hash);
  }
  const frontier = { size, roots };
  if (entries?.size !== size || (head && !rootOf(frontier).equals(head.root))) {
    throw new Error("the audit log is damaged: its head does not agree with its entries; run `log verify`");
  }
  return frontier;
}
