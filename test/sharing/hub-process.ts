import type { OpenedHub } from "@xinqiao/gateway";
import { compactSharing, createCompleting, createTurns } from "@xinqiao/gateway/sharing";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok } from "@xinqiao/protocol/result";
import { packPage } from "@xinqiao/protocol/sync";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { createFuse, fused, Killed } from "./fuse.ts";
import { hub, nodeOf } from "./members.ts";
import type { StoreFile } from "./store-file.ts";

export interface HubSurroundings {
  readonly file: StoreFile<OpenedHub>;
  /** What is seen of all that it does to its store. */
  readonly watched: (port: OpenedHub) => OpenedHub;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly now: () => number;
}

const dayMs = 86_400_000;

/** Far longer than anything takes here, but for one that is made to be away. */
export const lapsesAfterMs = 30 * dayMs;

/** How long a completed correction is kept: some days, and months pass here. */
export const keptMs = 3 * dayMs;

/** The gateway's part, as a process that may die between any two of its steps. */
export function createHubProcess({ file, watched, ...common }: HubSurroundings) {
  const fuse = createFuse();
  let full = false;
  const log = {
    append: async () => {
      // As long as a disk takes: others go on meanwhile.
      for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
      return full ? err({ code: "log.full" } as const) : ok({ index: 0, size: 0, root: "" });
    },
  };
  const start = () => {
    const port = fused(watched({ ...file.port, durable: () => Promise.resolve() }), fuse);
    const all = {
      ...common,
      hub: port,
      log: fused(log, fuse),
      self: nodeOf(hub),
      signer: hub.signer,
      today: () => chinaDay(common.now()),
      lapsesAfterMs,
      timeliness: { rules: [], workingDayAfter: (day: string) => day },
    };
    const completing = createCompleting(all);
    return {
      completing,
      port,
      take: {
        ...all,
        completing,
        turns: createTurns(),
        dueOn: () => chinaDay(common.now() + dayMs),
        onTaken: () => undefined,
        onHeard: () => undefined,
      },
      read: {
        ...all,
        completing,
        pack: packPage,
        disputedFor: () => undefined,
        untilTaken: () => Promise.resolve(),
      },
    };
  };
  let running = start();
  return {
    fuse,
    running: () => running,
    setFull(isFull: boolean) {
      full = isFull;
    },
    /** What its timers do once a day, until it is done or the process dies. */
    async tidy() {
      const { completing, port } = running;
      try {
        await completing.complete();
        const now = common.now();
        const terms = { forgetBefore: now - keptMs, heardBefore: now - lapsesAfterMs, today: chinaDay(now) };
        await compactSharing(port, terms);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    },
    /** One that has died is a new process. */
    revive() {
      if (fuse.dead) {
        file.reopen();
        running = start();
      }
      fuse.replace();
    },
    putBack(): boolean {
      if (!file.putBack()) return false;
      running = start();
      return true;
    },
  };
}
