import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LogEntry } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAuditLog } from "./audit-log.ts";
import { tagKey } from "./testing/tag-key.ts";
import { readEntries, verifyLog } from "./verify-log.ts";

const child = fileURLToPath(new URL("./testing/append-for-ever.ts", import.meta.url));

/** What a child printed before it died: the index of each acknowledged entry, with its kind and exchange. */
type Acknowledged = Map<number, { readonly kind: string; readonly exchange: string | undefined }>;

describe("kill -9 in the middle of the log's commits", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    path = join(folder, "log.db");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Kills a writer with `callers` at once after the given number of acknowledgements, wherever its commits stand. */
  async function appendUntilKilled(
    callers: number,
    after: number,
    acknowledged: Acknowledged,
  ): Promise<void> {
    const writer = spawn(process.execPath, [child, path, String(callers)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = once(writer, "exit");
    let count = 0;
    for await (const line of createInterface({ input: writer.stdout })) {
      const [word, index, exchange] = line.split(" ");
      acknowledged.set(Number(index), { kind: `lookup.${word}`, exchange });
      count += 1;
      if (count === after) writer.kill("SIGKILL");
    }
    expect(await gone).toEqual([null, "SIGKILL"]);
  }

  const closedBy = (entries: readonly LogEntry[]): number[] =>
    entries.flatMap((entry) => ("intent" in entry ? [entry.intent] : []));
  const intentsOf = (entries: readonly LogEntry[]): number[] =>
    entries.flatMap(({ kind }, index) => (kind === "lookup.intent" ? [index] : []));

  it("loses no acknowledged entry, verifies in full, and closes what it cut off", {
    timeout: 600_000,
  }, async () => {
    const acknowledged: Acknowledged = new Map();
    for (const [callers, after] of [
      [1, 1],
      [1, 30],
      [16, 17],
      [16, 250],
      [128, 1_000],
    ] as const) {
      await appendUntilKilled(callers, after, acknowledged);
      expect(verifyLog(path).findings).toEqual([]);
      const left = readEntries(path);
      for (const [index, entry] of acknowledged) expect(left[index]).toMatchObject(entry);
      const open = intentsOf(left).length - closedBy(left).length;
      expect(open).toBeLessThanOrEqual(callers);

      const log = await openAuditLog({ path, origin: "sz", tagKey, now: Date.now, minFreeBytes: 0 });
      expect(log.interrupted).toBe(open);
      const { size, root } = log.head();
      await log.close();
      const entries = readEntries(path);
      expect(entries.slice(0, left.length), "what was there stands as it stood").toEqual(left);
      expect(entries.slice(left.length).map(({ kind }) => kind)).toEqual(
        Array(open).fill("exchange.interrupted"),
      );
      expect(
        closedBy(entries).sort((a, b) => a - b),
        "each intent is closed, once",
      ).toEqual(intentsOf(entries));
      expect(verifyLog(path)).toMatchObject({ size, root, findings: [], erased: 0 });
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(1_298);
  });
});
