import { appendLeaf, type Frontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import type { NonceClaim } from "../../log/index.ts";
import type { Database } from "./database.ts";
import type { Committed, OpenIntent, SpendError, Staged, Written } from "./staged.ts";
import { checkTree, readFrontier } from "./tree.ts";

export interface LogWriter {
  /** Writes a batch in one transaction; returns once it is on the disk. Throws SQLite's own errors, having written nothing. */
  write(batch: readonly Staged[]): Committed;
  head(): Pick<Committed, "size" | "root">;
  openIntents(): readonly OpenIntent[];
  /** A real write of some size, to learn whether the disk takes one. */
  probe(at: number): void;
}

/** Nonces forgotten with each commit: more than a commit adds on average, few enough never to stall one. */
const purgeLimit = 512;

/** A clock that jumps ahead and back must not have made us forget what is still valid. */
const purgeMarginMs = 3_600_000;

/** About what a large batch takes: a disk that has room for one page and no more is still full. */
const probeBytes = 256 * 1024;

/** Newest entries compared with their hashes before the log is written to again. */
const tailEntries = 1_024;

/** The one writer of the log: entries, tree, openings, nonces and head in one transaction. */
export function createLogWriter(database: Database): LogWriter {
  const insert = prepare(database);
  let frontier = takeUp(database);

  const once = ({ keyId, expiresAt }: NonceClaim, value: string) =>
    insert.nonce.run(keyId, value, expiresAt).changes === 1;

  /** Nonce and exchange id share a table: a nonce is base64url, so it never looks like an id. */
  function spend({ claim, exchange }: Staged): SpendError | undefined {
    if (claim === undefined) return undefined;
    if (!once(claim, claim.nonce)) return "signature.replayed";
    return exchange === null || once(claim, `id:${exchange.toLowerCase()}`) ? undefined : "request.id-reused";
  }

  const writeAll = database.transaction((batch: readonly Staged[]) => {
    let next = frontier;
    const written = batch.map((staged): Written => {
      const spent = spend(staged);
      if (spent) return spent;
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
    if (latest) insert.purge.run(latest.at - purgeMarginMs, purgeLimit);
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
    openIntents: () =>
      database.prepare<[], OpenIntent>("SELECT entry, exchange, actor FROM open_intent ORDER BY entry").all(),
    probe: (at) => void insert.probe.run(at, probeBytes),
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
    probe: database.prepare("INSERT OR REPLACE INTO probe (one, at, filler) VALUES (1, ?, randomblob(?))"),
  };
}

/**
 * Takes the tree up where it was left. A head that its nodes do not give, or entries that their hashes do
 * not fit, are a damaged log: it is never written to, so that it stays as it was found.
 */
function takeUp(database: Database): Frontier {
  const head = database.prepare<[], { size: number; root: Buffer }>("SELECT size, root FROM head").get();
  const size = head?.size ?? 0;
  const findings: string[] = [];
  const { frontier } = checkTree(database, Math.max(0, size - tailEntries), (text) => findings.push(text));
  if (frontier.size !== size) findings.push(`the head says ${size} entries, there are ${frontier.size}`);
  else if (head && !rootOf(frontier).equals(head.root))
    findings.push("the head's root is not the entries' root");
  if (findings.length > 0) {
    throw new Error(`the audit log is damaged: ${findings[0]}; it was not written to. Run \`log verify\``);
  }
  return readFrontier(database, size);
}
