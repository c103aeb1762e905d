import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { intervalSchema, summarise } from "@xinqiao/protocol/reconciliation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetReconciliations } from "../../retention/index.ts";
import { type OpenedReconciliations, openReconciliations } from "./reconciliations.ts";

const [baoan, longgang] = [nodeIdSchema.parse("sz-baoan"), nodeIdSchema.parse("sz-longgang")];
const hour = intervalSchema.parse("2026-03-01T02Z");
const at = Date.parse("2026-03-01T03:06:00Z");
const fiveYears = 5 * 366 * 86_400_000;

let folder: string;
let kept: OpenedReconciliations;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-reconciliations-"));
  kept = openReconciliations(join(folder, "reconciliations.db"));
});
afterEach(async () => {
  kept.close();
  await rm(folder, { recursive: true });
});

const book = (digest: string) =>
  summarise([{ side: "asked", exchange: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e", status: "refused", digest }]);
const compared = (time: number) => ({
  member: baoan,
  interval: hour,
  at: time,
  stated: "s",
  logged: "l",
  report: "r",
  differences: 0,
  explained: 0,
});

describe("what an hour came to", () => {
  it("is there for every member from when it was read first, after a restart too", () => {
    expect(kept.summaries.of(hour, baoan)).toBeUndefined();
    kept.summaries.keep(hour, new Map([[baoan, book("A".repeat(43))]]));
    kept.summaries.keep(
      hour,
      new Map([
        [baoan, book("B".repeat(43))],
        [longgang, book("B".repeat(43))],
      ]),
    );
    kept.close();
    kept = openReconciliations(join(folder, "reconciliations.db"));
    expect(kept.summaries.of(hour, baoan)).toEqual(book("A".repeat(43)));
    expect(kept.summaries.of(hour, longgang)).toEqual(summarise([]));
  });
});

describe("comparisons", () => {
  it("are kept for five years, and dropped slice after slice, with what their hours came to", async () => {
    for (let second = 0; second < 1_200; second += 1) kept.keep(compared(at + second * 1_000));
    kept.summaries.keep(hour, new Map([[baoan, book("A".repeat(43))]]));
    await forgetReconciliations(kept, at + fiveYears);
    expect(kept.list({ limit: 2_000 })).toHaveLength(1_200);
    await forgetReconciliations(kept, at + fiveYears + 1_100_000);
    expect(kept.list({ limit: 2_000 })).toHaveLength(100);
    expect(kept.summaries.of(hour, baoan)).toBeUndefined();
  });
});
