import { decodeEntry, type LogEntry, rootOf } from "@xinqiao/protocol/log";
import { ArchiveError } from "../../archive/index.ts";
import { archivedSize, type Database, readOnce } from "./database.ts";
import { isDamage } from "./failure.ts";
import { checkTree } from "./tree.ts";
import { createBesideCheck, type Lost } from "./verify-beside.ts";

export interface LogReport extends Lost {
  readonly size: number;
  /** Base64, as recomputed from the leaves. */
  readonly root: string;
  /** What does not agree, in plain words; empty for a sound log. */
  readonly findings: readonly string[];
}

export interface VerifyOptions {
  /** Whether what is kept beside the entries is looked at too; usually it is. */
  readonly beside?: boolean;
}

const maxFindings = 20;

const progressEvery = 10_000;

/**
 * Recomputes the whole tree from the leaves and compares every stored node and the head; checks that the
 * columns for searching, what is kept beside and the list of open intents say what the leaves say. Reads one
 * snapshot as a stream: a log that is being written to can be verified.
 */
export function verifyLog(
  path: string,
  onProgress?: (done: number) => void,
  { beside = true }: VerifyOptions = {},
): LogReport {
  try {
    return readOnce(path, (database) => database.transaction(() => verify(database, onProgress, beside))());
  } catch (error) {
    const unread = error instanceof ArchiveError || isDamage(error);
    if (!unread) throw error;
    return { size: logSize(path), root: "", findings: [error.message], ...nothingLost };
  }
}

function verify(
  database: Database,
  onProgress: ((done: number) => void) | undefined,
  besides: boolean,
): LogReport {
  const findings: string[] = [];
  const find = (text: string) => {
    if (findings.length < maxFindings) findings.push(text);
  };
  const beside = createBesideCheck(database, find);
  const { frontier, nodes } = checkTree(database, 0, find, (row) => {
    if (besides) beside.take(row);
    if ((row.idx + 1) % progressEvery === 0) onProgress?.(row.idx + 1);
  });
  const { size } = frontier;
  const root = rootOf(frontier);
  const head = database.prepare<[], { size: number; root: Buffer }>("SELECT size, root FROM head").get();
  const stated = head?.size ?? 0;
  if (stated !== size) find(`the head says ${stated} entries, there are ${size}`);
  if (head && !head.root.equals(root)) find("the head's root is not the root of the entries");
  const stored = database.prepare<[], number>("SELECT count(*) FROM node").pluck().get();
  const expected = nodes - archivedNodes(archivedSize(database));
  if (stored !== expected) find(`${stored} nodes are stored, ${expected} belong to the tree`);
  const lost = besides ? beside.finish() : nothingLost;
  return { size, root: root.toString("base64"), findings, ...lost };
}

/** Of 256 leaves, all the hashes above them but their root. */
const archivedNodes = (entries: number) => (entries / 256) * (2 * 256 - 2);

const nothingLost: Lost = { erased: 0, partial: 0 };

/** Entries of one exchange, oldest first, as they were hashed. */
export function entriesOf(
  path: string,
  exchange: string,
): { readonly index: number; readonly leaf: string }[] {
  return readOnce(path, (database) =>
    database
      .prepare<[string], { index: number; leaf: string }>(
        'SELECT idx AS "index", leaf FROM entry WHERE exchange = ? ORDER BY idx',
      )
      .all(exchange),
  );
}

/** The version of a document that the log says was taken last; nothing in a log without one. */
export function lastTaken(
  path: string,
  kind: "registry.taken" | "catalogue.taken",
): { readonly version: number; readonly hash: string } | undefined {
  const leaf = readOnce(path, (database) =>
    database
      .prepare<[string], string>("SELECT leaf FROM entry WHERE kind = ? ORDER BY idx DESC LIMIT 1")
      .pluck()
      .get(kind),
  );
  const entry = leaf === undefined ? undefined : decodeEntry(Buffer.from(leaf));
  return entry?.ok && entry.value.kind === kind ? entry.value : undefined;
}

/** How many entries there are. */
export function logSize(path: string): number {
  return readOnce(
    path,
    (database) => database.prepare<[], number>("SELECT size FROM head").pluck().get() ?? 0,
  );
}

/** Entries `from` up to, not including, `to`, as they were written. */
export function readEntries(path: string, from = 0, to = Number.MAX_SAFE_INTEGER): LogEntry[] {
  const leaves = readOnce(path, (database) =>
    database
      .prepare<[number, number], { idx: number; leaf: string }>(
        "SELECT idx, leaf FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx",
      )
      .all(from, to),
  );
  return leaves.map(({ idx, leaf }) => {
    const entry = decodeEntry(Buffer.from(leaf));
    if (!entry.ok) throw new Error(`entry ${idx} cannot be read: ${entry.error}`);
    return entry.value;
  });
}
