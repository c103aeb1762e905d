import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gb18030 } from "./testing/gb18030.ts";
import { openTestIntake, penalty, penaltyFile, type TestIntake, titles } from "./testing/intake.ts";
import { csvText, listingRow, penaltyRow, testCatalogue, testItem, testUscc } from "./testing/rows.ts";

const labelOf = new Map(testItem("penalty").fields.map(({ name, label }) => [name, label.zh]));

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

describe("importFile: what files look like in the wild", () => {
  const rows = [penaltyRow(1), penaltyRow(2, { CF_XDR_MC: `示例${"长".repeat(194)}有限公司` })];
  const labelled = csvText(rows, titles, (title) => labelOf.get(title) ?? title);

  it.each<[string, string | Uint8Array, string]>([
    ["UTF-8", penaltyFile(rows), "utf-8"],
    ["UTF-8 with a byte order mark", `\uFEFF${penaltyFile(rows)}`, "utf-8-bom"],
    ["GB18030", gb18030(penaltyFile(rows)), "gb18030"],
    ["GB18030 with Chinese titles", gb18030(labelled), "gb18030"],
    ["UTF-8 with Chinese titles", labelled, "utf-8"],
    ["columns in another order", penaltyFile(rows, titles.toReversed()), "utf-8"],
    ["line ends of Unix", penaltyFile(rows).replaceAll("\r\n", "\n"), "utf-8"],
    ["no quotes and no last line end", penaltyFile(rows).replaceAll('"', "").trimEnd(), "utf-8"],
  ])("reads %s", async (_, content, encoding) => {
    const report = await intake.reportOf(intake.folder.file("处罚.csv", content));
    expect(report).toEqual({
      import: 1,
      file: "处罚.csv",
      sha256: createHash("sha256").update(content).digest("hex"),
      item: "penalty",
      format: "csv",
      encoding,
      received: 2,
      accepted: 2,
      unchanged: 0,
      superseded: 0,
      overridden: 0,
      titles: expect.any(Array),
      quarantined: 0,
      duplicates: 0,
      unknownColumns: [],
      ignoredSheets: [],
      rows: [],
    });
    expect(intake.held(1)).toMatchObject([
      {
        version: 1,
        subjectName: "示例第1号有限公司",
        jurisdiction: "440306",
        catalogueVersion: testCatalogue.version,
        recordedAt: "2026-02-01T00:00:00.000Z",
      },
    ]);
    expect([...(intake.held(2)[0]?.subjectName ?? "")]).toHaveLength(200);
  });

  it.each([
    ["2024/01/02", "2024-01-02"],
    ["2024/1/2", "2024-01-02"],
    ["2024-01-02", "2024-01-02"],
    ["20240102", "2024-01-02"],
    ["2024-01-02 00:00:00", "2024-01-02"],
    ["2024-01-01T16:00:00Z", "2024-01-02"],
  ])("reads the day %s", async (written, day) => {
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile([penaltyRow(1, { CF_JDRQ: written })])));
    expect(intake.held(1)[0]?.occurredOn).toBe(day);
  });

  it("reads quotes, commas and line breaks inside cells", async () => {
    const text = '一、"示例"事实,第一行\n第二行';
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile([penaltyRow(1, { CF_SY: text })])));
    expect(intake.held(1)[0]?.fields.CF_SY).toBe(text);
  });

  it("tells the item by the header, and takes a named one at its word", async () => {
    const listings = intake.folder.file("b.csv", csvText([listingRow(1), listingRow(2)]));
    expect(await intake.reportOf(listings)).toMatchObject({ item: "abnormal-operation", accepted: 2 });
    expect(await intake.faultOf(listings, { item: "penalty" })).toBe("import.columns-missing");
    expect(await intake.faultOf(listings, { item: "no-such-item" })).toBe("import.item-unknown");
    expect(await intake.faultOf(listings, { item: "不是代码" })).toBe("import.item-unknown");
  });

  it("reports columns it does not know, and keeps nothing of them", async () => {
    const row = { ...penaltyRow(1), 内部编号: "甲-1" };
    expect(await intake.reportOf(intake.folder.file("a.csv", csvText([row])))).toMatchObject({
      unknownColumns: ["内部编号"],
    });
    expect(JSON.stringify(intake.held(1))).not.toContain("甲-1");
  });
});

describe("importFile: again", () => {
  it("changes nothing when nothing has changed", async () => {
    const file = intake.folder.file("a.csv", penaltyFile([penaltyRow(1), penaltyRow(2)]));
    await intake.reportOf(file);
    intake.now += 86_400_000;
    expect(await intake.reportOf(file)).toMatchObject({ import: 2, accepted: 0, unchanged: 2 });
    expect(intake.held(1)).toMatchObject([{ version: 1, recordedAt: "2026-02-01T00:00:00.000Z" }]);
    expect(intake.store.imports.coverage().get(penalty)).toBe("2026-02-02T00:00:00.000Z");
  });

  it("reads the same record out of another spelling of it", async () => {
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile([penaltyRow(1)])));
    const changes = { CF_JDRQ: "20240102", CF_NR_FK: "0.5", CF_XDR_SHXYM: ` ${testUscc(1).toLowerCase()} ` };
    const spelt = intake.folder.file(
      "b.csv",
      gb18030(penaltyFile([penaltyRow(1, changes)], titles.toReversed())),
    );
    expect(await intake.reportOf(spelt)).toMatchObject({ unchanged: 1 });
  });

  it("makes a new version of what has changed, and of nothing else", async () => {
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile([penaltyRow(1), penaltyRow(2)])));
    intake.now += 86_400_000;
    const corrected = [penaltyRow(1, { CF_NR_FK: "0.6" }), penaltyRow(2)];
    expect(await intake.reportOf(intake.folder.file("b.csv", penaltyFile(corrected)))).toMatchObject({
      accepted: 1,
      unchanged: 1,
    });
    expect(intake.held(1)).toMatchObject([
      { version: 2, recordedAt: "2026-02-02T00:00:00.000Z", fields: { CF_NR_FK: "0.6" } },
    ]);
    expect(intake.held(2)).toMatchObject([{ version: 1 }]);
  });

  it("does not bring a repaired record back", async () => {
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile([penaltyRow(1)])));
    const database = new Database(intake.folder.path("store.db"));
    database.exec("UPDATE record SET state = 'repaired', annotation = '示例'");
    database.close();
    await intake.reportOf(intake.folder.file("b.csv", penaltyFile([penaltyRow(1, { CF_NR_FK: "0.6" })])));
    expect(intake.held(1)).toMatchObject([{ version: 2, state: "repaired", annotation: "示例" }]);
  });

  it("counts repeated rows, and lets nobody but the sender decide between two that differ", async () => {
    const rows = [penaltyRow(1), penaltyRow(2), penaltyRow(1), penaltyRow(2, { CF_NR_FK: "9" })];
    const file = intake.folder.file("a.csv", penaltyFile(rows));
    const conflict = [{ line: 5, reasons: [{ field: "CF_WSH", reason: "conflicts-with-earlier-row" }] }];
    const first = { received: 4, accepted: 2, unchanged: 0, duplicates: 1, quarantined: 1, rows: conflict };
    expect(await intake.reportOf(file)).toMatchObject(first);
    expect(await intake.reportOf(file)).toMatchObject({ ...first, accepted: 0, unchanged: 2 });
    expect(intake.held(2)).toMatchObject([{ version: 1, fields: { CF_NR_FK: "0.5" } }]);
  });
});

describe("importFile: what stops a whole file", () => {
  it("says so, and leaves the store as it was", async () => {
    expect(await intake.faultOf(intake.folder.path("absent.csv"))).toBe("import.file-unreadable");
    expect(await intake.faultOf(intake.folder.path("."))).toBe("import.file-unreadable");
    expect(await intake.faultOf(intake.folder.file("empty.csv", ""))).toBe("import.header-missing");
    expect(await intake.faultOf(intake.folder.file("text.csv", "随便写点什么\n"))).toBe(
      "import.item-not-recognised",
    );
    expect(await intake.faultOf(intake.folder.file("short.csv", csvText([], titles.slice(3))))).toBe(
      "import.columns-missing",
    );
    expect(intake.store.imports.list(10)).toEqual([]);
  });

  it("counts a file without rows as news that there are none", async () => {
    expect(await intake.reportOf(intake.folder.file("a.csv", csvText([], titles)))).toMatchObject({
      received: 0,
    });
    expect(intake.store.imports.coverage().get(penalty)).toBe("2026-02-01T00:00:00.000Z");
  });

  it("does not take a file of which no row could be read for news", async () => {
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile([penaltyRow(1, { CF_JDRQ: "昨天" })])));
    expect(intake.store.imports.coverage().has(penalty)).toBe(false);
  });

  it("can be stopped, and completed by importing again", async () => {
    const file = intake.folder.file(
      "a.csv",
      penaltyFile(Array.from({ length: 1200 }, (_, n) => penaltyRow(n))),
    );
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ received }: { received: number }) => {
      seen.push(received);
      stop.abort();
    };
    expect(await intake.faultOf(file, { signal: stop.signal, onProgress })).toBe("import.cancelled");
    expect(seen).toEqual([500]);
    expect(intake.store.imports.coverage().has(penalty)).toBe(false);
    expect(intake.store.imports.list(1)).toMatchObject([{ id: 1, received: 0 }]);
    expect(await intake.reportOf(file)).toMatchObject({ accepted: 700, unchanged: 500 });
    const before = AbortSignal.abort();
    expect(await intake.faultOf(file, { signal: before })).toBe("import.cancelled");
  });

  it("does not trust a file that changes while it is read", async () => {
    const file = intake.folder.file(
      "a.csv",
      penaltyFile(Array.from({ length: 600 }, (_, n) => penaltyRow(n))),
    );
    const onProgress = () => void intake.folder.file("a.csv", "x");
    expect(await intake.faultOf(file, { onProgress })).toBe("import.file-changed");
    expect(intake.store.imports.coverage().has(penalty)).toBe(false);
  });

  it("tells how far it is", async () => {
    const file = intake.folder.file(
      "a.csv",
      penaltyFile(Array.from({ length: 1200 }, (_, n) => penaltyRow(n))),
    );
    const progress: unknown[] = [];
    await intake.reportOf(file, { onProgress: (at) => progress.push(at) });
    const totalBytes = statSync(file).size;
    expect(progress).toEqual(
      [500, 1000, 1200].map((received) => expect.objectContaining({ received, totalBytes })),
    );
    expect(progress.at(-1)).toMatchObject({ bytes: totalBytes });
  });

  it("gives way after each transaction, as large as it is told", async () => {
    const rows = Array.from({ length: 250 }, (_, n) => penaltyRow(n));
    const held: number[] = [];
    const giveWay = async () => held.push(rows.filter((_, n) => intake.held(n).length > 0).length);
    await intake.reportOf(intake.folder.file("a.csv", penaltyFile(rows)), { batchRows: 100, giveWay });
    expect(held).toEqual([100, 200, 250]);
  });
});
