import { rmSync, statSync, truncateSync } from "node:fs";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { composeCitizenId } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import ExcelJS from "exceljs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentStore, openStore } from "../store/index.ts";
import { type ImportOptions, type ImportReport, importFile } from "./import-file.ts";
import { type TestFolder, testFolder } from "./testing/folder.ts";
import { gb18030 } from "./testing/gb18030.ts";
import {
  csvText,
  listingRow,
  penaltyRow,
  testCatalogue,
  testItem,
  testJurisdiction,
  testUscc,
} from "./testing/rows.ts";

const penalty = itemCodeSchema.parse("penalty");
const start = Date.parse("2026-02-01T00:00:00Z");
const titles = Object.keys(penaltyRow(1));
const labelOf = new Map(testItem("penalty").fields.map(({ name, label }) => [name, label.zh]));

let folder: TestFolder;
let store: AgentStore;
let now: number;

beforeEach(() => {
  folder = testFolder();
  store = openStore(folder.path("store.db"));
  now = start;
});

afterEach(() => {
  store.close();
  folder[Symbol.dispose]();
});

const run = (path: string, options: Partial<ImportOptions> = {}) =>
  importFile(path, {
    store,
    catalogue: testCatalogue,
    jurisdiction: testJurisdiction,
    now: () => now,
    ...options,
  });

async function reportOf(path: string, options: Partial<ImportOptions> = {}): Promise<ImportReport> {
  const report = await run(path, options);
  if (!report.ok) throw new Error(report.error.code);
  return report.value;
}

async function faultOf(path: string, options: Partial<ImportOptions> = {}): Promise<string | undefined> {
  const report = await run(path, options);
  return report.ok ? undefined : report.error.code;
}

const held = (n: number) => store.find({ scheme: "uscc", id: testUscc(n) }, [penalty]).records;
const bytesOf = (rows: readonly Record<string, string>[], order = titles) => csvText(rows, order);

describe("importFile: what files look like in the wild", () => {
  const rows = [penaltyRow(1), penaltyRow(2, { CF_XDR_MC: `示例${"长".repeat(194)}有限公司` })];
  const labelled = csvText(rows, titles, (title) => labelOf.get(title) ?? title);

  it.each<[string, string | Uint8Array, string]>([
    ["UTF-8", bytesOf(rows), "utf-8"],
    ["UTF-8 with a byte order mark", `\uFEFF${bytesOf(rows)}`, "utf-8-bom"],
    ["GB18030", gb18030(bytesOf(rows)), "gb18030"],
    ["GB18030 with Chinese titles", gb18030(labelled), "gb18030"],
    ["UTF-8 with Chinese titles", labelled, "utf-8"],
    ["columns in another order", bytesOf(rows, titles.toReversed()), "utf-8"],
    ["line ends of Unix", bytesOf(rows).replaceAll("\r\n", "\n"), "utf-8"],
    ["no quotes and no last line end", bytesOf(rows).replaceAll('"', "").trimEnd(), "utf-8"],
  ])("reads %s", async (_, content, encoding) => {
    const report = await reportOf(folder.file("处罚.csv", content));
    expect(report).toEqual({
      import: 1,
      file: "处罚.csv",
      item: "penalty",
      format: "csv",
      encoding,
      received: 2,
      accepted: 2,
      unchanged: 0,
      quarantined: 0,
      duplicates: 0,
      unknownColumns: [],
      ignoredSheets: [],
      rows: [],
    });
    expect(held(1)).toMatchObject([
      {
        version: 1,
        subjectName: "示例第1号有限公司",
        jurisdiction: "440306",
        recordedAt: "2026-02-01T00:00:00.000Z",
      },
    ]);
    expect([...(held(2)[0]?.subjectName ?? "")]).toHaveLength(200);
  });

  it.each([
    ["2024/01/02", "2024-01-02"],
    ["2024/1/2", "2024-01-02"],
    ["2024-01-02", "2024-01-02"],
    ["20240102", "2024-01-02"],
    ["2024-01-02 00:00:00", "2024-01-02"],
    ["2024-01-01T16:00:00Z", "2024-01-02"],
  ])("reads the day %s", async (written, day) => {
    await reportOf(folder.file("a.csv", bytesOf([penaltyRow(1, { CF_JDRQ: written })])));
    expect(held(1)[0]?.occurredOn).toBe(day);
  });

  it("reads quotes, commas and line breaks inside cells", async () => {
    const text = '一、"示例"事实,第一行\n第二行';
    await reportOf(folder.file("a.csv", bytesOf([penaltyRow(1, { CF_SY: text })])));
    expect(held(1)[0]?.fields.CF_SY).toBe(text);
  });

  it("tells the item by the header, and takes a named one at its word", async () => {
    const listings = folder.file("b.csv", csvText([listingRow(1), listingRow(2)]));
    expect(await reportOf(listings)).toMatchObject({ item: "abnormal-operation", accepted: 2 });
    expect(await faultOf(listings, { item: "penalty" })).toBe("import.columns-missing");
    expect(await faultOf(listings, { item: "no-such-item" })).toBe("import.item-unknown");
    expect(await faultOf(listings, { item: "不是代码" })).toBe("import.item-unknown");
  });

  it("reports columns it does not know, and keeps nothing of them", async () => {
    const row = { ...penaltyRow(1), 内部编号: "甲-1" };
    expect(await reportOf(folder.file("a.csv", csvText([row])))).toMatchObject({
      unknownColumns: ["内部编号"],
    });
    expect(JSON.stringify(held(1))).not.toContain("甲-1");
  });
});

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
    const text = `${bytesOf(rows)}"半行,\r\n${bytesOf([penaltyRow(7)]).split("\r\n")[1]}\r\n`;
    const report = await reportOf(folder.file("a.csv", text));
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
    expect([1, 3, 6, 7].map((n) => held(n).length)).toEqual([1, 1, 1, 1]);
    const kept = [...store.imports.quarantined(report.import)];
    expect(kept.map(({ line }) => line)).toEqual([3, 6, 7, 9]);
    expect(kept[0]?.cells).toEqual(titles.map((title) => rows[1]?.[title]));
    expect(kept[3]?.cells).toEqual(['"半行,']);
  });

  it("keeps back rows with damaged characters only", async () => {
    const bytes = Buffer.from(bytesOf([penaltyRow(1), penaltyRow(2), penaltyRow(3)]));
    bytes[bytes.indexOf("示例第2号")] = 0xff;
    const report = await reportOf(folder.file("a.csv", bytes));
    expect(report).toMatchObject({ encoding: "utf-8", accepted: 2, quarantined: 1 });
    expect(report.rows).toEqual([{ line: 3, reasons: [{ field: "CF_XDR_MC", reason: "text-malformed" }] }]);
  });

  it("lets an operator's exceptions through", async () => {
    const file = folder.file("a.csv", bytesOf([penaltyRow(1, { CF_XDR_SHXYM: "91350203M0001QAY9B" })]));
    expect(await reportOf(file)).toMatchObject({ quarantined: 1 });
    expect(await reportOf(file, { exceptions: new Set(["91350203M0001QAY9B"]) })).toMatchObject({
      accepted: 1,
    });
  });

  it("names the first hundred rows, and keeps them all", async () => {
    const rows = Array.from({ length: 1200 }, (_, n) => penaltyRow(n, n % 4 === 0 ? { CF_WSH: "" } : {}));
    const report = await reportOf(folder.file("a.csv", bytesOf(rows)));
    expect(report).toMatchObject({ received: 1200, accepted: 900, quarantined: 300 });
    expect(report.rows.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, n) => 4 * n + 2));
    expect([...store.imports.quarantined(report.import)]).toHaveLength(300);
  });

  it("accounts for every row, whatever the file", async () => {
    const kind = fc.constantFrom("good", "bad", "broken", "again", "otherwise");
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { maxLength: 40 }), async (kinds) => {
        const path = folder.path("property.db");
        const fresh = openStore(path);
        const lineOf = (row: Record<string, string>) => bytesOf([row]).split("\r\n")[1] ?? "";
        const lines = kinds.map((of, n) => {
          if (of === "broken") return '"半行';
          if (of === "bad") return lineOf(penaltyRow(n, { CF_JDRQ: "昨天" }));
          if (of === "again") return lineOf(penaltyRow(9999));
          return lineOf(of === "good" ? penaltyRow(n) : penaltyRow(9998, { CF_SY: `事实${n}` }));
        });
        const file = folder.file("a.csv", `${bytesOf([])}${lines.map((line) => `${line}\r\n`).join("")}`);
        const report = await reportOf(file, { store: fresh });
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

describe("importFile: again", () => {
  it("changes nothing when nothing has changed", async () => {
    const file = folder.file("a.csv", bytesOf([penaltyRow(1), penaltyRow(2)]));
    await reportOf(file);
    now += 86_400_000;
    expect(await reportOf(file)).toMatchObject({ import: 2, accepted: 0, unchanged: 2 });
    expect(held(1)).toMatchObject([{ version: 1, recordedAt: "2026-02-01T00:00:00.000Z" }]);
    expect(store.imports.coverage().get(penalty)).toBe("2026-02-02T00:00:00.000Z");
  });

  it("reads the same record out of another spelling of it", async () => {
    await reportOf(folder.file("a.csv", bytesOf([penaltyRow(1)])));
    const changes = { CF_JDRQ: "20240102", CF_NR_FK: "0.5", CF_XDR_SHXYM: ` ${testUscc(1).toLowerCase()} ` };
    const spelt = folder.file("b.csv", gb18030(bytesOf([penaltyRow(1, changes)], titles.toReversed())));
    expect(await reportOf(spelt)).toMatchObject({ unchanged: 1 });
  });

  it("makes a new version of what has changed, and of nothing else", async () => {
    await reportOf(folder.file("a.csv", bytesOf([penaltyRow(1), penaltyRow(2)])));
    now += 86_400_000;
    const corrected = [penaltyRow(1, { CF_NR_FK: "0.6" }), penaltyRow(2)];
    expect(await reportOf(folder.file("b.csv", bytesOf(corrected)))).toMatchObject({
      accepted: 1,
      unchanged: 1,
    });
    expect(held(1)).toMatchObject([
      { version: 2, recordedAt: "2026-02-02T00:00:00.000Z", fields: { CF_NR_FK: "0.6" } },
    ]);
    expect(held(2)).toMatchObject([{ version: 1 }]);
  });

  it("does not bring a repaired record back", async () => {
    await reportOf(folder.file("a.csv", bytesOf([penaltyRow(1)])));
    const database = new Database(folder.path("store.db"));
    database.exec("UPDATE record SET state = 'repaired', annotation = '示例'");
    database.close();
    await reportOf(folder.file("b.csv", bytesOf([penaltyRow(1, { CF_NR_FK: "0.6" })])));
    expect(held(1)).toMatchObject([{ version: 2, state: "repaired", annotation: "示例" }]);
  });

  it("counts repeated rows, and lets nobody but the sender decide between two that differ", async () => {
    const rows = [penaltyRow(1), penaltyRow(2), penaltyRow(1), penaltyRow(2, { CF_NR_FK: "9" })];
    const file = folder.file("a.csv", bytesOf(rows));
    const conflict = [{ line: 5, reasons: [{ field: "CF_WSH", reason: "conflicts-with-earlier-row" }] }];
    const first = { received: 4, accepted: 2, unchanged: 0, duplicates: 1, quarantined: 1, rows: conflict };
    expect(await reportOf(file)).toMatchObject(first);
    expect(await reportOf(file)).toMatchObject({ ...first, accepted: 0, unchanged: 2 });
    expect(held(2)).toMatchObject([{ version: 1, fields: { CF_NR_FK: "0.5" } }]);
  });
});

describe("importFile: Excel", () => {
  async function workbook(fill: (book: ExcelJS.Workbook) => void): Promise<string> {
    const book = new ExcelJS.Workbook();
    fill(book);
    const path = folder.path("处罚.xlsx");
    await book.xlsx.writeFile(path);
    return path;
  }
  const cellsOf = (row: Record<string, string>) => titles.map((title) => row[title] ?? "");
  const place = (title: string) => titles.indexOf(title) + 1;

  it("reads text, date cells, numbers, styled text, links and formulas", async () => {
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles.map((title) => labelOf.get(title)));
      const row = sheet.addRow(cellsOf(penaltyRow(1)));
      row.getCell(place("CF_JDRQ")).value = new Date(Date.UTC(2024, 0, 2));
      row.getCell(place("CF_GSJZQ")).value = 20270102;
      row.getCell(place("CF_NR_FK")).value = { formula: "0.1+0.2", result: 0.1 + 0.2 };
      row.getCell(place("CF_XDR_MC")).value = { richText: [{ text: "示例" }, { text: "有限公司" }] };
      row.getCell(place("CF_SJLY")).value = { text: "示例区示例局", hyperlink: "https://example.com/" };
    });
    const report = await reportOf(path);
    expect(report).toMatchObject({ format: "xlsx", received: 1, accepted: 1 });
    expect(report).not.toHaveProperty("encoding");
    expect(held(1)).toMatchObject([
      {
        subjectName: "示例有限公司",
        occurredOn: "2024-01-02",
        disclosedUntil: "2027-01-02",
        fields: { CF_NR_FK: "0.3", CF_SJLY: "示例区示例局" },
      },
    ]);
  });

  it("names spreadsheet rows, and keeps back what the spreadsheet itself has spoilt", async () => {
    const person = composeCitizenId({ division: "440300", birth: "1990-03-07", sequence: 1 });
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow([...titles, "CF_XDR_ZJHM"]);
      sheet.addRow(cellsOf(penaltyRow(1)));
      sheet.addRow([]);
      sheet.addRow([...cellsOf(penaltyRow(2, { CF_XDR_SHXYM: "" })), Number(person.replace("X", "0"))]);
      const row = sheet.addRow(cellsOf(penaltyRow(3)));
      row.getCell(place("CF_SY")).value = { error: "#N/A" };
      row.getCell(place("CF_NR")).value = { formula: "A1" };
    });
    const report = await reportOf(path);
    expect(report).toMatchObject({ received: 3, accepted: 1, quarantined: 2 });
    expect(report.rows).toEqual([
      { line: 4, reasons: [{ field: "CF_XDR_ZJHM", reason: "number-imprecise" }] },
      {
        line: 5,
        reasons: [
          { field: "CF_SY", reason: "cell-error" },
          { field: "CF_NR", reason: "cell-error" },
        ],
      },
    ]);
  });

  it("passes over a sheet of instructions, and says which sheets it has not read", async () => {
    const path = await workbook((book) => {
      book.addWorksheet("填报说明").addRow(["请按栏目填写"]);
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles);
      sheet.addRow(cellsOf(penaltyRow(1)));
      const second = book.addWorksheet("更多");
      second.addRow(titles);
      second.addRow(cellsOf(penaltyRow(2)));
      book.addWorksheet("空白");
    });
    expect(await reportOf(path)).toMatchObject({ accepted: 1, ignoredSheets: ["填报说明", "更多"] });
  });

  it("refuses a workbook without a header, damaged, old, or encrypted", async () => {
    const without = await workbook((book) => void book.addWorksheet("处罚").addRow(["甲", "乙"]));
    expect(await faultOf(without)).toBe("import.item-not-recognised");
    truncateSync(without, Math.floor(statSync(without).size / 2));
    expect(await faultOf(without)).toBe("import.workbook-damaged");
    const old = folder.file("old.xls", Buffer.from("d0cf11e0a1b11ae1", "hex"));
    expect(await faultOf(old)).toBe("import.old-excel");
  });
});

describe("importFile: what stops a whole file", () => {
  it("says so, and leaves the store as it was", async () => {
    expect(await faultOf(folder.path("absent.csv"))).toBe("import.file-unreadable");
    expect(await faultOf(folder.path("."))).toBe("import.file-unreadable");
    expect(await faultOf(folder.file("empty.csv", ""))).toBe("import.header-missing");
    expect(await faultOf(folder.file("text.csv", "随便写点什么\n"))).toBe("import.item-not-recognised");
    expect(await faultOf(folder.file("short.csv", csvText([], titles.slice(3))))).toBe(
      "import.columns-missing",
    );
    expect(store.imports.list(10)).toEqual([]);
  });

  it("counts a file without rows as news that there are none", async () => {
    expect(await reportOf(folder.file("a.csv", csvText([], titles)))).toMatchObject({ received: 0 });
    expect(store.imports.coverage().get(penalty)).toBe("2026-02-01T00:00:00.000Z");
  });

  it("does not take a file of which no row could be read for news", async () => {
    await reportOf(folder.file("a.csv", bytesOf([penaltyRow(1, { CF_JDRQ: "昨天" })])));
    expect(store.imports.coverage().has(penalty)).toBe(false);
  });

  it("can be stopped, and completed by importing again", async () => {
    const file = folder.file("a.csv", bytesOf(Array.from({ length: 1200 }, (_, n) => penaltyRow(n))));
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ received }: { received: number }) => {
      seen.push(received);
      stop.abort();
    };
    expect(await faultOf(file, { signal: stop.signal, onProgress })).toBe("import.cancelled");
    expect(seen).toEqual([500]);
    expect(store.imports.coverage().has(penalty)).toBe(false);
    expect(store.imports.list(1)).toMatchObject([{ id: 1, received: 0 }]);
    expect(await reportOf(file)).toMatchObject({ accepted: 700, unchanged: 500 });
    const before = AbortSignal.abort();
    expect(await faultOf(file, { signal: before })).toBe("import.cancelled");
  });

  it("does not trust a file that changes while it is read", async () => {
    const file = folder.file("a.csv", bytesOf(Array.from({ length: 600 }, (_, n) => penaltyRow(n))));
    const onProgress = () => void folder.file("a.csv", "x");
    expect(await faultOf(file, { onProgress })).toBe("import.file-changed");
    expect(store.imports.coverage().has(penalty)).toBe(false);
  });

  it("tells how far it is", async () => {
    const file = folder.file("a.csv", bytesOf(Array.from({ length: 1200 }, (_, n) => penaltyRow(n))));
    const progress: unknown[] = [];
    await reportOf(file, { onProgress: (at) => progress.push(at) });
    const totalBytes = statSync(file).size;
    expect(progress).toEqual(
      [500, 1000, 1200].map((received) => expect.objectContaining({ received, totalBytes })),
    );
    expect(progress.at(-1)).toMatchObject({ bytes: totalBytes });
  });
});
