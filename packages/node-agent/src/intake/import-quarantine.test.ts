import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../store/index.ts";
import { openTestIntake, penaltyFile, type TestIntake, titles } from "./testing/intake.ts";
import { penaltyRow } from "./testing/rows.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

describe("importFile: one bad row never loses the good ones", () => {
  it("names the lines and the reasons", async () => {
    const rows = [
      penaltyRow(1),
      penaltyRow(2, { CF_XDR_SHXYM: "914403001234567890" }),
      penaltyRow(3, { CF_SY: "第一行\n第二行" }),
      penaltyRow(4, { CF_JDRQ: "2024-02-30", CF_NR_FK: "1,000", CF_WSH: "" }),
      penaltyRow(5, { CF_XDR_MC: "长".repeat(201) }),
      penaltyRow(6),
    ];
    const text = `${penaltyFile(rows)}"半行,\r\n${penaltyFile([penaltyRow(7)]).split("\r\n")[1]}\r\n`;
    const report = await intake.reportOf(intake.folder.file("a.csv", text));
    expect(report).toMatchObject({ received: 8, accepted: 4, quarantined: 4 });
    expect(report.rows).toEqual([
      { line: 3, reasons: [{ field: "CF_XDR_SHXYM", reason: expect.stringMatching(/^uscc\./) }] },
      {
        line: 6,
        reasons: [
          { field: "CF_WSH", reason: "required" },
          { field: "CF_NR_FK", reason: "amount-format" },
          { field: "CF_JDRQ", reason: "date-not-real" },
        ],
      },
      { line: 7, reasons: [{ field: "CF_XDR_MC", reason: "too-long" }] },
      { line: 9, reasons: [{ reason: "quotes-unbalanced" }] },
    ]);
    expect([1, 3, 6, 7].map((n) => intake.held(n).length)).toEqual([1, 1, 1, 1]);
    const kept = [...intake.store.imports.quarantined(report.import)];
    expect(kept.map(({ line }) => line)).toEqual([3, 6, 7, 9]);
    expect(kept[0]?.cells).toEqual(titles.map((title) => rows[1]?.[title]));
    expect(kept[3]?.cells).toEqual(['"半行,']);
  });

  it("keeps back rows with damaged characters only", async () => {
    const bytes = Buffer.from(penaltyFile([penaltyRow(1), penaltyRow(2), penaltyRow(3)]));
    bytes[bytes.indexOf("示例第2号")] = 0xff;
    const report = await intake.reportOf(intake.folder.file("a.csv", bytes));
    expect(report).toMatchObject({ encoding: "utf-8", accepted: 2, quarantined: 1 });
    expect(report.rows).toEqual([{ line: 3, reasons: [{ field: "CF_XDR_MC", reason: "text-malformed" }] }]);
  });

  it("lets an operator's exceptions through", async () => {
    const file = intake.folder.file(
      "a.csv",
      penaltyFile([penaltyRow(1, { CF_XDR_SHXYM: "91350203M0001QAY9B" })]),
    );
    expect(await intake.reportOf(file)).toMatchObject({ quarantined: 1 });
    expect(await intake.reportOf(file, { exceptions: new Set(["91350203M0001QAY9B"]) })).toMatchObject({
      accepted: 1,
    });
  });

  it("names the first hundred rows, and keeps them all", async () => {
    const rows = Array.from({ length: 1200 }, (_, n) => penaltyRow(n, n % 4 === 0 ? { CF_WSH: "" } : {}));
    const report = await intake.reportOf(intake.folder.file("a.csv", penaltyFile(rows)));
    expect(report).toMatchObject({ received: 1200, accepted: 900, quarantined: 300 });
    expect(report.rows.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, n) => 4 * n + 2));
    expect([...intake.store.imports.quarantined(report.import)]).toHaveLength(300);
  });

  it("accounts for every row, whatever the file", async () => {
    const kind = fc.constantFrom("good", "bad", "broken", "again", "otherwise");
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { maxLength: 40 }), async (kinds) => {
        const path = intake.folder.path("property.db");
        const fresh = openStore(path);
        const lineOf = (row: Record<string, string>) => penaltyFile([row]).split("\r\n")[1] ?? "";
        const lines = kinds.map((of, n) => {
          if (of === "broken") return '"半行';
          if (of === "bad") return lineOf(penaltyRow(n, { CF_JDRQ: "昨天" }));
          if (of === "again") return lineOf(penaltyRow(9999));
          return lineOf(of === "good" ? penaltyRow(n) : penaltyRow(9998, { CF_SY: `事实${n}` }));
        });
        const file = intake.folder.file(
          "a.csv",
          `${penaltyFile([])}${lines.map((line) => `${line}\r\n`).join("")}`,
        );
        const report = await intake.reportOf(file, { store: fresh });
        fresh.close();
        for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
        const badLines = kinds.flatMap((of, at) =>
          of === "bad" || of === "broken" || (of === "otherwise" && at > kinds.indexOf("otherwise"))
            ? [at + 2]
            : [],
        );
        expect(report.received).toBe(kinds.length);
        expect(report.duplicates).toBe(Math.max(0, kinds.filter((of) => of === "again").length - 1));
        expect(report.rows.map(({ line }) => line)).toEqual(badLines);
        expect(report.accepted).toBe(kinds.length - badLines.length - report.duplicates);
      }),
      { numRuns: 25 },
    );
  });
});
