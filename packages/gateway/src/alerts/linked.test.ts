import { randomBytes } from "node:crypto";
import { alertSchema, readAlertEntries } from "@xinqiao/protocol/audit";
import { ok } from "@xinqiao/protocol/result";
import { describe, expect, it } from "vitest";
import { createMemoryAuditLog, openedValue } from "../log/index.ts";
import { createUseWatch, dayBegin, hourMs, thresholdsSchema } from "./index.ts";

const nine = Date.parse("2026-03-09T09:00:00+08:00");
const tag = "ab".repeat(16);

describe("a person whom many members look up", () => {
  it("has an alert in the log that links none of the lookups, until auditors ask, or the person is erased", async () => {
    const now = () => nine + hourMs + 120_000;
    const log = createMemoryAuditLog({ origin: "sz", now, randomBytes });
    const hour = { from: nine, to: nine + hourMs, day: dayBegin(nine) };
    const none = { volumes: [], breadths: [], firstUses: [] };
    const watch = createUseWatch({
      ...{ log, now, thresholds: thresholdsSchema.parse({}), isRestDay: () => false },
      onAlert: (alert) => expect(Object.keys(alert).sort()).toEqual(Object.keys(alertSchema.shape).sort()),
      index: {
        size: () => log.head().size,
        watched: async () => ok(nine),
        watch: async () => ok(undefined),
        facts: async () => ok({ ...hour, ...none, interests: [{ tag, members: 5, entries: [31, 37] }] }),
        isRaised: async () => ok(false),
      },
    });
    await watch.look();
    const [raised] = log.entries();
    if (raised?.kind !== "alert.raised") throw new Error("no alert");
    expect(raised).toMatchObject({ rule: "watched-subject", count: 5 });
    expect(raised).not.toHaveProperty("entries");
    expect(JSON.stringify(raised)).not.toContain("31");
    const beside = log.evidence(0);
    if (beside === undefined) throw new Error("nothing is kept");
    expect(readAlertEntries(openedValue(raised, beside, "entries") ?? "")).toEqual([31, 37]);
    await log.erase({ tag, reason: "unlawful" });
    expect(log.evidence(0)).toBeUndefined();
  });
});
