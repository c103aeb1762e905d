import type { OpenedHub } from "@xinqiao/gateway";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { z } from "zod";
import { lapsesAfterMs } from "./hub-process.ts";
import { must } from "./must.ts";
import type { StoreFile } from "./store-file.ts";

const dueSchema = z.object({ due_on: z.string() });

/** What comes by time alone comes in its time: what is late, what lapses, what is forgotten. */
export function watchTime(
  { hub, now }: { readonly hub: Pick<StoreFile<unknown>, "rows">; readonly now: () => number },
  port: OpenedHub,
): OpenedHub {
  /** Not completed at all, or since then. */
  const toKeep = (since: number) =>
    JSON.stringify(
      hub.rows(
        "SELECT id FROM correction WHERE completed_at IS NULL OR completed_at >= ? ORDER BY id",
        Math.floor(since / 1_000),
      ),
    );
  return {
    ...port,
    saidOverdue(id) {
      const [row] = hub.rows("SELECT due_on FROM correction WHERE id = ?", id);
      must(dueSchema.parse(row).due_on < chinaDay(now()), "it is said to be late, and is not due yet");
      port.saidOverdue(id);
    },
    setLapsed(absent) {
      must(now() - absent.seenAt > lapsesAfterMs, `${absent.node} is not waited for, and was seen lately`);
      port.setLapsed(absent);
    },
    forgetCorrections(before, limit) {
      const kept = toKeep(before);
      const forgotten = port.forgetCorrections(before, limit);
      must(toKeep(before) === kept, "a correction is forgotten before its time");
      return forgotten;
    },
  };
}
