import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { type LogEntryDraft, maxLeafBytes, sealEntry } from "@xinqiao/protocol/log";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import {
  type AppendError,
  type Appended,
  type AuditLog,
  type CheckpointKeeper,
  type Evidence,
  keptBeside,
  type LogArchiving,
  type NonceClaim,
  subjectTags,
  type TagOf,
} from "../../log/index.ts";
import { createDiskGuard, type DiskGuardOptions } from "./disk-guard.ts";
import type { Failure } from "./failure.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { OpenIntent, Removal, Removed, Staged } from "./staged.ts";
import { createStanding } from "./standing.ts";
import { startWriter, type Writer } from "./writer-thread.ts";

export interface AuditLogOptions {
  readonly path: string;
  /** The log's name (PR-AUDIT §3): `xinqiao/` and the city's node id. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Free space below which only what closes an exchange is written. */
  readonly minFreeBytes: number;
  /** Keys the tags of subjects, 32 bytes. */
  readonly tagKey: Uint8Array;
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
  CheckpointKeeper &
  LogArchiving & {
    /** Exchanges of the last run that were closed as interrupted. */
    readonly interrupted: number;
  };

const checkIntervalMs = 1_000;

/** The audit log on SQLite. Rejects when the file cannot be opened or is damaged. */
export async function openAuditLog(options: AuditLogOptions): Promise<OpenedAuditLog> {
  return createAuditLog(options, {
    writer: await startWriter({ path: options.path, tagKey: options.tagKey }),
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

export async function createAuditLog(
  options: Omit<AuditLogOptions, "path" | "minFreeBytes">,
  { writer, ...disk }: AuditLogParts,
): Promise<OpenedAuditLog> {
  const { now, origin, onFailure, randomBytes = systemEntropy().bytes } = options;
  const stamping = { tagOf: subjectTags(options.tagKey), randomBytes };
  const guard = createDiskGuard({
    ...disk,
    probe: () => writer.probe(now()),
    repeat: (check) => disk.repeat(() => check().then(commits.flush)),
  });
  const standing = createStanding({ guard, stuck: () => commits.stuck(), onFailure });
  const commits = createGroupCommit({ writer, now, onFailure: standing.failed });

  async function remove(removal: Removal): Promise<Result<Removed, AppendError>> {
    const refused = standing.refusal(removal.do === "erase" ? "subject.erased" : "evidence.expired");
    if (refused) return err({ code: refused });
    const removed = await commits.remove(removal);
    return removed.ok ? removed : err({ code: removed.error.code });
  }

  const log: AuditLog & CheckpointKeeper & LogArchiving = {
    origin,
    async append(draft, claim, evidence) {
      const refused = standing.refusal(draft.kind);
      if (refused) return err({ code: refused });
      const staged = stage({ draft, claim, evidence }, { at: now(), ...stamping });
      return isTooLong(staged) ? err({ code: "log.entry-too-long" }) : commits.append(staged);
    },
    keep: (entry, { response }) => commits.add({ entry, part: "response", text: JSON.stringify(response) }),
    async erase(erasure, claim) {
      const removed = await remove({ do: "erase", ...erasure, at: now(), ...(claim && { claim }) });
      return removed.ok ? erasedAt(removed.value) : removed;
    },
    async expire() {
      const removed = await remove({ do: "expire", at: now() });
      return removed.ok ? ok(removed.value.entries) : removed;
    },
    health: standing.health,
    head: commits.head,
    async keepCheckpoint(checkpoint) {
      const state = standing.health();
      if (!state.ok) return err(state);
      const kept = await writer.keepCheckpoint(checkpoint);
      // Any other reason is the checkpoint's alone.
      if (!kept.ok && kept.error.code === "log.damaged") standing.failed(kept.error);
      return kept;
    },
    halt: standing.halt,
    async letGo(from, to) {
      const gone = await writer.letGo(from, to);
      if (!gone.ok) standing.failed(gone.error);
      return gone;
    },
    async close() {
      standing.close();
      guard.stop();
      await commits.flush();
      await writer.close();
    },
  };
  await options.beforeWriting?.(commits.head()).catch(async (error: unknown) => {
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

function erasedAt({ written, size, root }: Removed): Result<Appended, AppendError> {
  if (written === undefined) throw new Error("the writer lost an entry");
  return typeof written === "number" ? ok({ index: written, size, root }) : err(written);
}

interface Append {
  readonly draft: LogEntryDraft;
  readonly claim: NonceClaim | undefined;
  readonly evidence: Evidence | undefined;
}

interface Stamping {
  readonly at: number;
  readonly tagOf: TagOf;
  readonly randomBytes: (length: number) => Uint8Array;
}

function stage({ draft, claim, evidence }: Append, { at, tagOf, randomBytes }: Stamping): Staged {
  const sealed = sealEntry(draft, at, randomBytes);
  const beside = keptBeside(draft, sealed, evidence, { at, tagOf });
  const { kind, exchange, actor } = draft;
  const closes = kind === "lookup.outcome" || kind === "exchange.interrupted" ? draft.intent : undefined;
  return {
    at,
    kind,
    exchange,
    actor,
    leaf: sealed.leaf,
    ...(beside && { evidence: { ...beside, kept: JSON.stringify(beside.kept) } }),
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
