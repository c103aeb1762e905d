import { chmodSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { penaltyFile } from "../intake/testing/intake.ts";
import { penaltyRow } from "../intake/testing/rows.ts";
import { openWatched, type Watched } from "./testing/watched.ts";
import { watchFolder } from "./watch.ts";

let watched: Watched;
let stop: () => Promise<void> = async () => {};
beforeEach(async () => {
  watched = await openWatched();
});
afterEach(async () => {
  await stop();
  watched.close();
});

const soon = { timeout: 20_000, interval: 10 };

/** The file's folder of its own goes last. */
const handedBack = (name: string) =>
  vi.waitFor(() => {
    expect(watched.names("done")).toContain(`${name}.report.json`);
    expect(watched.names("work")).toEqual([]);
  }, soon);

function watch(folder: string): void {
  const { events, task } = watched.parts;
  const options = { folder, settleMs: 20, everySeconds: 0.01 };
  stop = watchFolder(options, { node: "sz-baoan", events, task, now: Date.now });
}

it("makes its folders as the folder is, hands reports to whoever may open it, and to nobody else", async () => {
  const folder = watched.intake.folder.path("another");
  mkdirSync(folder);
  chmodSync(folder, 0o2775);
  const before = process.umask(0o077);
  try {
    watch(folder);
    await vi.waitFor(() => expect(statSync(join(folder, "quarantine")).mode & 0o7777).toBe(0o2775), soon);
    writeFileSync(join(folder, "in", "a.csv"), penaltyFile([penaltyRow(1), penaltyRow(2, { CF_WSH: "" })]));
    const report = join(folder, "quarantine", "a.csv.report.json");
    await vi.waitFor(() => expect(statSync(report).mode & 0o777).toBe(0o660), soon);
    expect(statSync(join(folder, "quarantine", "a.csv.report.csv")).mode & 0o777).toBe(0o660);
    expect(statSync(join(folder, ".work", "sz-baoan")).mode & 0o077).toBe(0);
  } finally {
    process.umask(before);
  }
});

it("tells once of a folder that is away, does not make it anew, and goes on when it is back", async () => {
  const { folder, in: entrance } = watched.places;
  watch(folder);
  await vi.waitFor(() => expect(watched.names("done")).toEqual([]), soon);
  watched.handOver("a.csv", penaltyFile([penaltyRow(1)]));
  await handedBack("a.csv");
  renameSync(folder, `${folder}-away`);
  await vi.waitFor(() => expect(watched.told).toHaveLength(2), soon);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(watched.told[1]).toEqual({ code: "intake.folder-unreadable", reason: "ENOENT" });
  expect(watched.told).toHaveLength(2);
  expect(watched.faults).toBe(1);
  expect(() => statSync(folder)).toThrow();
  mkdirSync(entrance, { recursive: true });
  watched.handOver("b.csv", penaltyFile([penaltyRow(2)]));
  await vi.waitFor(() => expect(watched.told[2]).toMatchObject({ file: "b.csv", outcome: "taken" }), soon);
  await vi.waitFor(() => expect(watched.faults).toBe(0), soon);
});

it("tells once of a folder in `in`, and looks no less often for it", async () => {
  mkdirSync(join(watched.places.in, "二月"));
  const { task } = watched.parts;
  let looks = 0;
  const events = {
    ...watched.events,
    handoverFaults(count: number) {
      watched.faults = count;
      looks += 1;
    },
  };
  const options = { folder: watched.places.folder, settleMs: 20, everySeconds: 0.01 };
  stop = watchFolder(options, { node: "sz-baoan", events, task, now: Date.now });
  await vi.waitFor(() => expect(looks).toBeGreaterThan(30), soon);
  expect(watched.told).toEqual([{ code: "intake.no-file", file: "二月" }]);
  expect(watched.faults).toBe(1);
});

it("stops in the middle of a file, and takes it up again", async () => {
  watch(watched.places.folder);
  const rows = Array.from({ length: 6_000 }, (_, n) => penaltyRow(n));
  watched.handOver("a.csv", penaltyFile(rows));
  await vi.waitFor(() => expect(watched.intake.held(0)).toHaveLength(1), soon);
  await stop();
  expect(watched.told).toEqual([]);
  expect(watched.names("work")).toHaveLength(1);
  watch(watched.places.folder);
  await handedBack("a.csv");
  const report = watched.report("done", "a.csv");
  expect(report).toMatchObject({ received: 6_000, quarantined: 0 });
  expect(Number(report.accepted) + Number(report.unchanged)).toBe(6_000);
  expect(report.accepted).not.toBe(6_000);
});
