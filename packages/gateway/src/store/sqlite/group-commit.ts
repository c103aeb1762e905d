import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, Appended } from "../../log/index.ts";
import type { Failure } from "./failure.ts";
import type { Committed, Late, Removal, Removed, Staged } from "./staged.ts";
import type { Writer } from "./writer-thread.ts";

export interface GroupCommitOptions {
  readonly writer: Writer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onFailure: (failure: Failure) => void;
}

/**
 * Appends that arrive while a commit is under way share the next one, with no waiting when there is nothing to wait
 * for.
 */
export interface GroupCommit {
  append(staged: Staged): Promise<Result<Appended, AppendError>>;
  /** Goes with the next commit, whoever has it made. */
  add(late: Late): void;
  /** A commit for what was added, where nobody else has one made for a while. Resolves once none is under way. */
  flush(): Promise<void>;
  remove(removal: Removal): Promise<Result<Removed, Failure>>;
  head(): Pick<Committed, "size" | "root">;
  /** A commit under way for so long is on a disk that hangs: no failure to see, and no answer either. */
  stuck(): boolean;
}

/** Commits no larger than this: the thousandth caller must not wait for the first. */
const maxBatch = 512;

const stuckAfterMs = 2_000;

interface Waiting {
  readonly staged: Staged;
  readonly resolve: (result: Result<Appended, AppendError>) => void;
}

export function createGroupCommit({ writer, now, onFailure }: GroupCommitOptions): GroupCommit {
  const { size, root } = writer.opened;
  let head = { size, root };
  let waiting: Waiting[] = [];
  let late: Late[] = [];
  let writing: Promise<void> | undefined;
  let committingSince: number | undefined;

  function take<T extends Pick<Committed, "size" | "root">>(result: Result<T, Failure>): void {
    if (result.ok) head = { size: result.value.size, root: result.value.root };
    else onFailure(result.error);
  }

  async function writeAll(): Promise<void> {
    do {
      await endOfTurn();
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      const beside = late.splice(0, maxBatch);
      committingSince = now();
      const staged = batch.map((each) => each.staged);
      const result = await writer.write(staged, beside);
      committingSince = undefined;
      take(result);
      if (!result.ok) late = [...beside, ...late].slice(-maxBatch);
      batch.forEach(({ resolve }, place) => {
        resolve(appendedAt(result, place));
      });
    } while (waiting.length > 0);
    writing = undefined;
  }

  const commitSoon = () => {
    writing ??= writeAll();
  };

  return {
    append(staged) {
      const { promise, resolve } = Promise.withResolvers<Result<Appended, AppendError>>();
      waiting.push({ staged, resolve });
      commitSoon();
      return promise;
    },
    add(each) {
      // Never the reason for which memory fills up: on a disk that takes nothing the oldest are given up.
      if (late.length >= maxBatch) late.shift();
      late.push(each);
    },
    async flush() {
      await writing;
      if (late.length > 0) commitSoon();
      await writing;
    },
    async remove(removal) {
      const result = await writer.remove(removal);
      take(result);
      return result;
    },
    head: () => head,
    stuck: () => committingSince !== undefined && now() - committingSince > stuckAfterMs,
  };
}

/**
 * What is appended in this turn of the event loop goes into one commit. Those who heard of the last one append again
 * within its turn: were the first of them not to wait for the others, every second commit would be of one entry.
 */
const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What one append of a batch came to. */
function appendedAt(result: Result<Committed, Failure>, place: number): Result<Appended, AppendError> {
  if (!result.ok) return err({ code: result.error.code });
  const { size, root, written } = result.value;
  const index = written[place];
  if (index === undefined) throw new Error("the writer lost an entry");
  return typeof index === "number" ? ok({ index, size, root }) : err(index);
}
