import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { type LogEntryDraft, sealEntry } from "@xinqiao/protocol/log";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import type { AppendError, Appended, AuditLog, NonceClaim } from "../../log/index.ts";
import { createDiskGuard } from "./disk-guard.ts";
import type { BatchResult, Staged } from "./staged.ts";
import { startWriter } from "./writer-thread.ts";

export interface AuditLogOptions {
  readonly path: string;
  /** The log's name: the city's node id. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Free space below which only what closes an exchange is written. */
  readonly minFreeBytes: number;
  readonly randomBytes?: (length: number) => Uint8Array;
}

/** Commits no larger than this: the thousandth caller must not wait for the first. */
const maxBatch = 512;

interface Waiting {
  readonly staged: Staged;
  readonly resolve: (result: Result<Appended, AppendError>) => void;
}

/**
 * The audit log on SQLite. Appends that arrive while a commit is under way share the next one: group
 * commit, with no waiting when there is nothing to wait for.
 */
export async function openAuditLog(
  options: AuditLogOptions,
): Promise<AuditLog & { readonly interrupted: number }> {
  const { now, origin } = options;
  const randomBytes = options.randomBytes ?? systemEntropy().bytes;
  const writer = await startWriter(options.path);
  const guard = createDiskGuard({ ...options, probe: () => writer.probe(now()) });
  let head = { size: writer.opened.size, root: writer.opened.root };
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      const result = await writer.write(batch.map(({ staged }) => staged));
      guard.wrote(result.ok ? undefined : result.code);
      if (result.ok) head = { size: result.size, root: result.root };
      batch.forEach(({ resolve }, place) => {
        resolve(appendedAt(result, place));
      });
    }
    writing = undefined;
  }

  const log: AuditLog = {
    origin,
    append(draft, claim) {
      const refused = closed ? "log.unavailable" : guard.refuses(draft.kind);
      if (refused) return Promise.resolve(err({ code: refused }));
      const { promise, resolve } = Promise.withResolvers<Result<Appended, AppendError>>();
      waiting.push({ staged: stage(draft, claim, now(), randomBytes), resolve });
      // What is appended in this turn of the event loop goes into one commit.
      writing ??= Promise.resolve().then(writeAll);
      return promise;
    },
    health: guard.health,
    head: () => head,
    async close() {
      closed = true;
      guard.stop();
      await writing;
      await writer.close();
    },
  };
  await guard.check();
  for (const { entry, exchange, actor } of writer.opened.interrupted) {
    await log.append({ kind: "exchange.interrupted", exchange, actor: nodeIdOrNull(actor), intent: entry });
  }
  return Object.assign(log, { interrupted: writer.opened.interrupted.length });
}

/** What one append of a batch came to. */
function appendedAt(result: BatchResult, place: number): Result<Appended, AppendError> {
  if (!result.ok) return err({ code: result.code });
  const index = result.written[place];
  const { size, root } = result;
  return typeof index === "number" ? ok({ index, size, root }) : err({ code: "signature.replayed" });
}

function nodeIdOrNull(actor: string | null): LogEntryDraft["actor"] {
  return nodeIdSchema.nullable().parse(actor);
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
  };
}
