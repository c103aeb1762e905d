import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";
import { type Code, FaultError, fault } from "@xinqiao/protocol/problem";

const sync = promisify(fdatasync);

export interface Durable {
  /** Resolves when everything that was committed before is on the disk. */
  reached(): Promise<void>;
  close(): void;
}

/**
 * Waits until what was committed is on the disk. Commits only reach the write-ahead log (`synchronous = NORMAL`), and
 * whoever has to be sure waits for that file here: in a thread of its own, so that nothing else is held up, and
 * once for all who wait. The file is there as long as the database is open.
 * @param unavailable what it fails with
 */
export function createDurable(path: string, unavailable: Code): Durable {
  let wal: number | undefined;
  let underWay: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function begin(): Promise<void> {
    wal ??= openSync(`${path}-wal`, "r");
    underWay = sync(wal)
      .catch((cause: unknown) => {
        throw new FaultError(fault(unavailable), { cause });
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  }

  return {
    reached() {
      if (underWay === undefined) return begin();
      // One that has begun may have missed the latest commit: whoever comes now shares the one after it.
      next ??= underWay
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return begin();
        });
      return next;
    },
    close() {
      if (wal !== undefined) closeSync(wal);
      wal = undefined;
    },
  };
}
