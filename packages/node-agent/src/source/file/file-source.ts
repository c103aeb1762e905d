import type { ItemCode } from "@xinqiao/protocol/catalogue";
import { ok } from "@xinqiao/protocol/result";
import { SqliteError } from "better-sqlite3";
import type { AgentStore } from "../../store/index.ts";
import type { Gap, RecordSource } from "../port.ts";
import { unavailable } from "../unavailable.ts";
import type { FileSourceConfig } from "./config.ts";

/** Nothing was ever imported: whatever is answered is as old as can be. */
const never = new Date(0).toISOString();

/** The agent's own store, filled by imports. Closing it leaves the store open: it is not this source's. */
export function createFileSource(
  { name }: FileSourceConfig,
  store: Pick<AgentStore, "find" | "imports">,
): RecordSource {
  const guarded = <T>(read: () => T) => {
    try {
      return ok(read());
    } catch (error) {
      if (error instanceof SqliteError) return unavailable(name, `store: ${error.code}`);
      throw error;
    }
  };
  return {
    name,
    type: "file",
    held: () => new Set(store.imports.coverage().keys()),
    async find({ subject, items }) {
      return guarded(() => {
        const { records, coverage, gaps } = store.find(subject, items);
        const unreadable = gaps.map((item): Gap => ({ item, reason: "unreadable" }));
        return {
          records,
          asOf: oldest(coverage, items),
          ...(unreadable.length > 0 && { gaps: unreadable }),
        };
      });
    },
    async check() {
      return guarded(() => ({ detail: `file, ${store.imports.coverage().size} items imported` }));
    },
    async close() {},
  };
}

/** An answer about several items is as current as the one that was imported longest ago. */
function oldest(coverage: ReadonlyMap<ItemCode, string>, items: readonly ItemCode[]): string {
  const instants = items.flatMap((item) => coverage.get(item) ?? []).sort();
  return instants[0] ?? never;
}
