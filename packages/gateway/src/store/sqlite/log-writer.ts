import {
  appendLeaf,
  type Frontier,
  type LogEntryDraft,
  leafHash,
  rootOf,
  sealEntry,
} from "@xinqiao/protocol/log";
import type { KeptCheckpoint } from "../../log/index.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { createClaims } from "./claims.ts";
import { type Database, emptyJournal } from "./database.ts";
import { createEvidence } from "./evidence.ts";
import { DamagedError, isDamage } from "./failure.ts";
import { createLetGo } from "./let-go.ts";
import type { Committed, Late, OpenIntent, Removal, Removed, Staged, Written } from "./staged.ts";
import { checkTree, readFrontier } from "./tree.ts";

export interface LogWriter {
  /** Writes a batch in one transaction; returns once it is on the disk. Throws SQLite's own errors, having written nothing. */
  write(batch: readonly Staged[], late?: readonly Late[]): Committed;
  /** Removes what is kept beside entries, and writes the entry that says so, in one transaction. */
  remove(removal: Removal): Removed;
  /** Leaves nothing of what was removed in the journal, as soon as no reader needs it. */
  tidy(): void;
  head(): Pick<Committed, "size" | "root">;
  openIntents(): readonly OpenIntent[];
  /** Throws when it is not a head of this log: no second past may be signed. */
  keepCheckpoint(checkpoint: KeptCheckpoint): void;
  /** Entries that are in the archive leave the database. Throws when they do not follow upon those that have left. */
  letGo(from: number, to: number): void;
  /** A real write of some size, to learn whether the disk takes one. */
  probe(at: number): void;
}

/** About what a large batch takes: a disk that has room for one page and no more is still full. */
const probeBytes = 256 * 1024;

/** Newest entries compared with their hashes before the log is written to again. */
const tailEntries = 1_024;

/** The one writer of the log: entries, tree, what is kept beside them, claims and head in one transaction. */
export function createLogWriter(database: Database): LogWriter {
  const insert = prepare(database);
  let frontier = takeUp(database);
  let untidy = true;

  const claims = createClaims(database);
  const evidence = createEvidence(database);
  const checkpoints = createCheckpoints(database);

  function add(before: Frontier, staged: Staged): Frontier {
    const index = before.size;
    const { at, kind, exchange, leaf } = staged;
    insert.entry.run({ index, at, kind, exchange, leaf });
    if (staged.evidence !== undefined) evidence.put(index, staged.evidence);
    if (kind === "lookup.intent") insert.openIntent.run(index, exchange, staged.actor);
    if (staged.closes !== undefined) insert.closeIntent.run(staged.closes);
    if (staged.withdraws !== undefined) claims.withdraw(staged.withdraws);
    const appended = appendLeaf(before, leafHash(Buffer.from(leaf)));
    for (const { level, index: place, hash } of appended.nodes) insert.node.run(level, place, hash);
    return appended.frontier;
  }

  function finish(next: Frontier): void {
    if (next.size > frontier.size) insert.head.run(next.size, rootOf(next));
  }

  const writeAll = database.transaction((batch: readonly Staged[], late: readonly Late[]) => {
    let next = frontier;
    const written = batch.map((staged): Written => {
      const spent = claims.spend(staged);
      if (spent) return spent;
      next = add(next, staged);
      return next.size - 1;
    });
    for (const { entry, part, text } of late) evidence.add(entry, part, text);
    const latest = batch.at(-1);
    if (latest) claims.forget(latest.at);
    finish(next);
    return { next, written };
  });

  const removeAll = database.transaction((removal: Removal) => {
    const spent = removal.do === "erase" ? claims.spend({ ...removal, exchange: null }) : undefined;
    if (spent) return { next: frontier, written: spent, entries: 0 };
    const entries = removal.do === "erase" ? evidence.erase(removal.tag) : evidence.expire(removal.at);
    if (removal.do === "expire") checkpoints.thin(removal.at);
    if (removal.do === "expire" && entries === 0) return { next: frontier, written: undefined, entries };
    const next = add(frontier, stageRemoval(removal, entries));
    finish(next);
    return { next, written: next.size - 1, entries };
  });

  const head = () => ({ size: frontier.size, root: rootOf(frontier).toString("base64") });
  return {
    write(batch, late = []) {
      const { next, written } = writeAll.immediate(batch, late);
      frontier = next;
      return { written, ...head() };
    },
    remove(removal) {
      const { next, written, entries } = removeAll.immediate(removal);
      frontier = next;
      untidy = true;
      return { written, entries, ...head() };
    },
    tidy() {
      if (untidy) untidy = !emptyJournal(database);
    },
    head,
    openIntents: () => insert.openIntents.all(),
    keepCheckpoint: checkpoints.keep,
    letGo: createLetGo(database),
    probe: (at) => void insert.probe.run(at, probeBytes),
  };
}

/** Only the writer knows how much there was to remove: the entry that says so is made here. */
function stageRemoval(removal: Removal, entries: number): Staged {
  const { at } = removal;
  const common = { exchange: null, actor: null, entries };
  const draft: LogEntryDraft =
    removal.do === "erase"
      ? { kind: "subject.erased", ...common, reason: removal.reason }
      : { kind: "evidence.expired", ...common };
  const { leaf } = sealEntry(draft, at, Buffer.alloc);
  return { at, kind: draft.kind, exchange: null, actor: null, leaf };
}

function prepare(database: Database) {
  return {
    // A clock may be set back, and the time by which entries are found may not.
    entry: database.prepare(
      `INSERT INTO entry (idx, at, told, kind, exchange, leaf)
       SELECT :index, max(:at, latest), iif(:at < latest, :at, NULL), :kind, :exchange, :leaf
       FROM (SELECT coalesce((SELECT at FROM entry WHERE idx = :index - 1), :at) AS latest)`,
    ),
    node: database.prepare("INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)"),
    openIntent: database.prepare("INSERT INTO open_intent (entry, exchange, actor) VALUES (?, ?, ?)"),
    openIntents: database.prepare<[], OpenIntent>(
      "SELECT entry, exchange, actor FROM open_intent ORDER BY entry",
    ),
    closeIntent: database.prepare("DELETE FROM open_intent WHERE entry = ?"),
    head: database.prepare("INSERT OR REPLACE INTO head (one, size, root) VALUES (1, ?, ?)"),
    probe: database.prepare("INSERT OR REPLACE INTO probe (one, at, filler) VALUES (1, ?, randomblob(?))"),
  };
}

/**
 * Takes the tree up where it was left. A head that its nodes do not give, or entries that their hashes do
 * not fit, are a damaged log: it is never written to, so that it stays as it was found.
 */
function takeUp(database: Database): Frontier {
  try {
    return readSound(database);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new DamagedError(
      `the audit log is damaged: ${error.message}; it was not written to. Run \`log verify\``,
    );
  }
}

function readSound(database: Database): Frontier {
  const head = database.prepare<[], { size: number; root: Buffer }>("SELECT size, root FROM head").get();
  const size = head?.size ?? 0;
  const findings: string[] = [];
  const { frontier } = checkTree(database, Math.max(0, size - tailEntries), (text) => findings.push(text));
  if (frontier.size !== size) findings.push(`the head says ${size} entries, there are ${frontier.size}`);
  else if (head && !rootOf(frontier).equals(head.root))
    findings.push("the head's root is not the entries' root");
  if (findings.length > 0) throw new DamagedError(findings[0]);
  return readFrontier(database, size);
}
