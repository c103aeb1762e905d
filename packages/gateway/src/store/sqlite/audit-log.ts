import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { type LogEntryDraft, maxLeafBytes, sealEntry } from "@xinqiao/protocol/log";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import type { AppendError, Appended, AuditLog, CheckpointKeeper, NonceClaim } from "../../log/index.ts";
import { closing, createDiskGuard, type DiskGuardOptions } from "./disk-guard.ts";
import type { Failure } from "./failure.ts";
import type { Committed, OpenIntent, Staged } from "./staged.ts";
import { startWriter, type Writer } from "./writer-thread.ts";

export interface AuditLogOptions {
  readonly path: string;
  /** The log's name (PR-AUDIT §3): `xinqiao/` and the city's node id. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Free space below which only what closes an exchange is written. */
  readonly minFreeBytes: number;
  readonly randomBytes?: (length: number) => Uint8Array;
  /** Told, for an operator, why the log stopped taking entries. Holds nothing of an entry. */
  readonly onFailure?: (failure: Failure) => void;
  /** Called with what is there before anything is written: when it rejects, nothing is. */
  readonly beforeWriting?: (head: { readonly size: number; readonly root: string }) => Promise<void>;
}

/** The log over any writer and disk. */
export interface AuditLogParts extends Pick<DiskGuardOptions, "freeBytes" | "repeat" | "minFreeBytes"> {
  readonly writer: Writer;
}

export type OpenedAuditLog = AuditLog &
  CheckpointKeeper & {
    /** Exchanges of the last run that were closed as interrupted. */
    readonly interrupted: number;
  };

/** Commits no larger than this: the thousandth caller must not wait for the first. */
const maxBatch = 512;

const checkIntervalMs = 1_000;

/** A commit under way for longer is on a disk that hangs: no failure to see, and no answer either. */
const stuckAfterMs = 2_000;

/** The audit log on SQLite. Rejects when the file cannot be opened or is damaged. */
export async function openAuditLog(options: AuditLogOptions): Promise<OpenedAuditLog> {
  return createAuditLog(options, {
    writer: await startWriter(options.path),
    minFreeBytes: options.minFreeBytes,
    async freeBytes() {
      const { bavail, bsize } = await statfs(dirname(options.path));
      return bavail * bsize;
    },
    repeat(task) {
      const timer = setInterval(task, checkIntervalMs).unref();
      return () => clearInterval(timer);
    },
  });
}

interface Waiting {
  readonly staged: Staged;
  readonly resolve: (result: Result<Appended, AppendError>) => void;
}

/**
 * Appends that arrive while a commit is under way share the next one: group commit, with no waiting when
 * there is nothing to wait for.
 */
export async function createAuditLog(
  options: Omit<AuditLogOptions, "path" | "minFreeBytes">,
  { writer, ...disk }: AuditLogParts,
): Promise<OpenedAuditLog> {
  const { now, origin, onFailure, randomBytes = systemEntropy().bytes } = options;
  const guard = createDiskGuard({ ...disk, probe: () => writer.probe(now()) });
  let head = { size: writer.opened.size, root: writer.opened.root };
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;
  let committingSince: number | undefined;
  const stuck = () => committingSince !== undefined && now() - committingSince > stuckAfterMs;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      committingSince = now();
      const result = await writer.write(batch.map(({ staged }) => staged));
      committingSince = undefined;
      if (result.ok) head = { size: result.value.size, root: result.value.root };
      else noteFailure(result.error);
      batch.forEach(({ resolve }, place) => {
        resolve(appendedAt(result, place));
      });
    }
    writing = undefined;
  }

  function noteFailure(failure: Failure): void {
    if (guard.health().ok) onFailure?.(failure);
    guard.failed(failure);
  }

  const log: AuditLog & CheckpointKeeper = {
    origin,
    append(draft, claim) {
      const hung = stuck() && !closing.has(draft.kind);
      const refused = closed || hung ? "log.unavailable" : guard.refuses(draft.kind);
      if (refused) return Promise.resolve(err({ code: refused }));
      const staged = stage(draft, claim, now(), randomBytes);
      if (isTooLong(staged)) return Promise.resolve(err({ code: "log.entry-too-long" }));
      const { promise, resolve } = Promise.withResolvers<Result<Appended, AppendError>>();
      waiting.push({ staged, resolve });
      // What is appended in this turn of the event loop goes into one commit.
      writing ??= Promise.resolve().then(writeAll);
      return promise;
    },
    health: () => (stuck() ? { ok: false, code: "log.unavailable" } : guard.health()),
    head: () => head,
    async keepCheckpoint(checkpoint) {
      const health = guard.health();
      if (!health.ok) return err(health);
      const kept = await writer.keepCheckpoint(checkpoint);
      if (!kept.ok) noteFailure(kept.error);
      return kept;
    },
    async close() {
      closed = true;
      guard.stop();
      await writing;
      await writer.close();
    },
  };
  await options.beforeWriting?.(head).catch(async (error: unknown) => {
    await log.close();
    throw error;
  });
  await guard.check();
  return Object.assign(log, { interrupted: await closeInterrupted(log, writer.opened.interrupted) });
}

/** Those that cannot be closed now, on a disk that is full, stay open for the next start. */
async function closeInterrupted(log: AuditLog, intents: readonly OpenIntent[]): Promise<number> {
  const appended = await Promise.all(
    intents.map(({ entry: intent, exchange, actor }) =>
      log.append({
        kind: "exchange.interrupted",
        exchange,
        actor: nodeIdSchema.nullable().parse(actor),
        intent,
      }),
    ),
  );
  return appended.filter((result) => result.ok).length;
}

const isTooLong = ({ leaf }: Staged) => Buffer.byteLength(leaf) > maxLeafBytes;

/** What one append of a batch came to. */
function appendedAt(result: Result<Committed, Failure>, place: number): Result<Appended, AppendError> {
  if (!result.ok) return err({ code: result.error.code });
  const { size, root, written } = result.value;
  const index = written[place];
  if (index === undefined) throw new Error("the writer lost an entry");
  return typeof index === "number" ? ok({ index, size, root }) : err(index);
}

function stage(
  draft: LogEntryDraft,
  claim: NonceClaim | undefined,
  at: number,
  randomBytes: (length: number) => Uint8Array,
): Staged {
  const { leaf, openings } = sealEntry(draft, at, randomBytes);
  const { kind, exchange, actor } = draft;
  const closes = kind === "lookup.outcome" || kind === "exchange.interrupted" ? draft.intent : undefined;
  return {
    at,
    kind,
    exchange,
    actor,
    leaf,
    openings: openings.map((opening) => ({ ...opening, key: Buffer.from(opening.key).toString("base64") })),
    ...(claim !== undefined && { claim }),
    ...(closes !== undefined && { closes }),
    ...(kind === "authorisation.withdrawn" && {
      withdraws: {
        issuer: draft.issuer,
        id: draft.authorisation,
        exp: Math.ceil(Date.parse(draft.until) / 1000),
      },
    }),
  };
}
