import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Interval, intervalSchema } from "@xinqiao/protocol/reconciliation";
import { ok } from "@xinqiao/protocol/result";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReconciling, type HourReport } from "../reconciliation/index.ts";
import { type AgentStore, openStore } from "./store.ts";

let folder: string;
let store: AgentStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-hours-"));
  store = openStore(join(folder, "store.db"));
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

const hour = (text: string) => intervalSchema.parse(`2026-03-01T${text}Z`);
const kept = (interval: Interval, differences = 0, report = "agrees") => ({
  interval,
  at: 0,
  differences,
  explained: 0,
  statement: "s",
  report,
  detail: "{}",
});

describe("hours that were compared", () => {
  it("are kept, each comparison: one that agrees does not take the place of one that did not", () => {
    store.reconciled.keep(kept(hour("02"), 1, "differs"));
    store.reconciled.keep(kept(hour("02")));
    expect(store.reconciled.between(hour("02"), hour("02")).map(({ report }) => report)).toEqual([
      "differs",
      "agrees",
    ]);
  });

  it("leave those before them due, when they were compared by hand", async () => {
    const side = { count: 0, digest: "A".repeat(43) };
    const books = { asked: side, answered: side };
    const compared: Interval[] = [];
    store.book.begin(Date.parse("2026-03-01T02:00:00Z") - 1_000);
    store.reconciled.keep(kept(hour("04")));
    const reconciling = createReconciling({
      book: store.book,
      reconciled: store.reconciled,
      async reconcile(interval) {
        compared.push(interval);
        const report: HourReport = {
          interval,
          here: books,
          there: books,
          findings: [],
          log: "extends",
          words: "agree",
          proved: 0,
          differences: 0,
          explained: 0,
        };
        return ok(report);
      },
      now: () => Date.parse("2026-03-01T05:10:00Z"),
      onReconciled: () => undefined,
    });
    await reconciling.catchUp(new AbortController().signal);
    await reconciling.catchUp(new AbortController().signal);
    expect(compared).toEqual([hour("02"), hour("03"), hour("04")]);
    expect(store.reconciled.until()).toBe(hour("04"));
    store.reconciled.caughtUpTo(hour("02"));
    expect(store.reconciled.until()).toBe(hour("04"));
  });
});
