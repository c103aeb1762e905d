import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gb18030 } from "../intake/testing/gb18030.ts";
import { penaltyFile } from "../intake/testing/intake.ts";
import { csvText, listingRow, penaltyRow } from "../intake/testing/rows.ts";
import { textsWorkbook } from "../intake/testing/texts-workbook.ts";
import { type Answering, type StartThread, startThread } from "./answer-beside.ts";
import { pass } from "./pass.ts";
import { openWatched, sha256, type Watched } from "./testing/watched.ts";

let watched: Watched;
beforeEach(async () => {
  watched = await openWatched();
});
afterEach(() => watched.close());

const good = penaltyFile([penaltyRow(1), penaltyRow(2), penaltyRow(2)]);

describe("a file handed over", () => {
  it("is taken in, and handed back with a report", async () => {
    watched.handOver("处罚.csv", gb18030(good));
    expect(await watched.look()).toEqual([]);
    expect(watched.names("in")).toEqual(["处罚.csv"]);
    expect(await watched.settle()).toEqual([]);
    expect(watched.names("in")).toEqual([]);
    expect(watched.names("work")).toEqual([]);
    expect(watched.names("done")).toEqual(["处罚.csv", "处罚.csv.report.json"]);
    expect(watched.report("done", "处罚.csv")).toMatchObject({
      file: "处罚.csv",
      sha256: sha256(gb18030(good)),
      answeredAt: expect.stringMatching(/^2026-02-01T00:/),
      outcome: "taken",
      item: { code: "penalty", zh: "行政处罚", en: "Administrative penalty" },
      encoding: "gb18030",
      received: 3,
      accepted: 2,
      unchanged: 0,
      superseded: 0,
      overridden: 0,
      quarantined: 0,
      duplicates: 1,
      unknownColumns: [],
      rows: [],
    });
    expect(watched.intake.held(2)).toHaveLength(1);
    expect(watched.told).toMatchObject([{ file: "处罚.csv", outcome: "taken", item: "penalty" }]);
  });

  it("is said to have no rows when it has none, as a template that nobody has filled in", async () => {
    watched.handOver("a.csv", penaltyFile([]));
    await watched.settle();
    expect(watched.report("done", "a.csv")).toMatchObject({
      outcome: "taken",
      received: 0,
      zh: expect.stringContaining("没有数据行"),
      en: expect.stringContaining("has no rows"),
    });
  });

  it("is answered again when it comes again, under a name of its own, and changes nothing", async () => {
    for (const _time of [1, 2, 3]) {
      watched.handOver("a.csv", good);
      await watched.settle();
      watched.intake.now -= 2_000;
    }
    expect(watched.names("done").filter((name) => name.endsWith(".json"))).toEqual([
      "a.20260201T000002Z.2.csv.report.json",
      "a.20260201T000002Z.csv.report.json",
      "a.csv.report.json",
    ]);
    expect(watched.report("done", "a.csv")).toMatchObject({ accepted: 2, unchanged: 0 });
    expect(watched.report("done", "a.20260201T000002Z.csv")).toMatchObject({ accepted: 0, unchanged: 2 });
    expect(watched.intake.held(1)).toMatchObject([{ version: 1 }]);
  });

  it("does not undo what another file has corrected since, and says so", async () => {
    watched.handOver("a.csv", good);
    await watched.settle();
    watched.handOver("b.csv", penaltyFile([penaltyRow(1, { CF_NR_FK: "0.6" })]));
    await watched.settle();
    watched.handOver("a.csv", good);
    await watched.settle();
    const [again = ""] = watched.names("done").filter((name) => /^a\.2026.*\.csv$/.test(name));
    expect(watched.report("done", again)).toMatchObject({ accepted: 0, unchanged: 2, superseded: 1 });
    expect(watched.intake.held(1)).toMatchObject([{ version: 2, fields: { CF_NR_FK: "0.6" } }]);
  });

  it("is put aside when rows were kept back, with the list of them; the report has no values", async () => {
    const secret = "=示例机密";
    const rows = [penaltyRow(1), penaltyRow(2, { CF_XDR_MC: secret, CF_JDRQ: "昨天" })];
    const titles = [...Object.keys(penaltyRow(1)), "自定栏目"];
    watched.handOver("a.csv", csvText(rows, titles));
    await watched.settle();
    expect(watched.names("quarantine")).toEqual(["a.csv", "a.csv.report.csv", "a.csv.report.json"]);
    const report = watched.report("quarantine", "a.csv");
    expect(report).toMatchObject({
      outcome: "kept-back",
      accepted: 1,
      quarantined: 1,
      unknownColumns: ["自定栏目"],
      rows: [
        {
          line: 3,
          reasons: [
            {
              ...{ field: "CF_JDRQ", label: { zh: "处罚决定日期" } },
              ...{ reason: "date-format", en: expect.any(String) },
            },
          ],
        },
      ],
    });
    expect(report).not.toHaveProperty("titles");
    expect(JSON.stringify([report, watched.told])).not.toContain("机密");
    const list = readFileSync(join(watched.places.quarantine, "a.csv.report.csv"), "utf8");
    expect(list).toContain(`"'${secret}"`);
    expect(list.split("\r\n")[0]).toMatch(/"reason","CF_.*,"自定栏目"$/);
  });

  it.each([
    ["垃圾.csv", Buffer.from("甲,乙\r\n1,2\r\n"), "import.item-not-recognised"],
    ["noise.xlsx", Buffer.from("504b0304ffffffffffffffffffff", "hex"), "import.workbook-damaged"],
    ["empty.csv", Buffer.alloc(0), "import.header-missing"],
    ["old.xls", Buffer.from("d0cf11e0a1b11ae1", "hex"), "import.old-excel"],
  ])("is put aside when nothing of it can be read: %s", async (name, content, code) => {
    watched.handOver(name, content);
    expect(await watched.settle()).toEqual([]);
    expect(watched.names("quarantine")).toEqual([name, `${name}.report.json`]);
    expect(watched.report("quarantine", name)).toMatchObject({
      outcome: "refused",
      code,
      sha256: sha256(content),
    });
  });

  it("is told nothing that its sender cannot do", async () => {
    watched.handOver("a.csv", "甲,乙\r\n1,2\r\n");
    await watched.settle();
    expect(watched.report("quarantine", "a.csv")).toMatchObject({
      zh: "表头与目录中任何事项都不相符：请使用模板表头",
    });
  });

  it("does not wait for another, nor is it kept out by one that is bad", async () => {
    watched.handOver("a.csv", good);
    watched.handOver("b.csv", csvText([listingRow(3)]));
    watched.handOver("c.csv", "甲\r\n");
    expect(await watched.settle()).toEqual([]);
    expect(watched.names("done").filter((name) => name.endsWith(".csv"))).toEqual(["a.csv", "b.csv"]);
    expect(watched.names("quarantine")).toEqual(["c.csv", "c.csv.report.json"]);
  });

  it("may have the longest name that there is", async () => {
    const name = `${"长".repeat(83)}.csv`;
    for (const _time of [1, 2]) {
      watched.handOver(name, good);
      expect(await watched.settle()).toEqual([]);
    }
    expect(watched.names("done")).toHaveLength(4);
  });
});

describe("what was broken off", () => {
  const folder = () => join(watched.places.work, "file-abc");

  it("in the middle of a file is done again: the file is in, once", async () => {
    await watched.intake.reportOf(watched.intake.folder.file("a.csv", penaltyFile([penaltyRow(1)])));
    mkdirSync(folder());
    writeFileSync(join(folder(), "a.csv"), good);
    writeFileSync(join(folder(), ".report.csv"), "cut sh");
    await watched.look();
    expect(watched.report("done", "a.csv")).toMatchObject({ accepted: 1, unchanged: 1, duplicates: 1 });
    expect(watched.names("work")).toEqual([]);
  });

  it("before the file was handed back is handed back with the report it had", async () => {
    mkdirSync(folder());
    writeFileSync(join(folder(), "a.csv"), good);
    writeFileSync(join(folder(), ".report.json"), '{"outcome":"taken","zh":"早先","en":"earlier"}');
    await watched.look();
    expect(watched.names("done")).toEqual(["a.csv", "a.csv.report.json"]);
    expect(watched.report("done", "a.csv").en).toBe("earlier");
    expect(watched.told).toEqual([]);
  });

  it("between file and report goes on under the same name", async () => {
    writeFileSync(join(watched.places.quarantine, "a.1.csv"), good);
    mkdirSync(folder());
    writeFileSync(join(folder(), ".handing-back.json"), '{"to":"quarantine","name":"a.1.csv"}');
    writeFileSync(join(folder(), ".report.csv"), "");
    writeFileSync(join(folder(), ".report.json"), '{"outcome":"kept-back","zh":"早先","en":"earlier"}');
    await watched.look();
    expect(watched.names("quarantine")).toEqual(["a.1.csv", "a.1.csv.report.csv", "a.1.csv.report.json"]);
    expect(watched.names("work")).toEqual([]);
  });

  it("behind the report is ended: nothing stays of it", async () => {
    mkdirSync(folder());
    writeFileSync(join(folder(), ".handing-back.json"), '{"to":"done","name":"a.csv"}');
    expect(await watched.look()).toEqual([]);
    expect(watched.names("work")).toEqual([]);
    expect(watched.names("done")).toEqual([]);
  });

  it("before anything lay in it is forgotten", async () => {
    mkdirSync(folder());
    expect(await watched.look()).toEqual([]);
    expect(watched.names("work")).toEqual([]);
  });
});

describe("trouble", () => {
  it("with `done` loses no file, is told, and ends by itself; the file is read once", async () => {
    rmSync(watched.places.done, { recursive: true });
    writeFileSync(watched.places.done, "");
    watched.handOver("a.csv", good);
    const fault = { code: "intake.not-handed-back", file: "a.csv", reason: "ENOTDIR" };
    expect(await watched.settle()).toEqual([fault]);
    expect(await watched.look()).toEqual([fault]);
    rmSync(watched.places.done);
    mkdirSync(watched.places.done);
    expect(await watched.look()).toEqual([]);
    expect(watched.report("done", "a.csv")).toMatchObject({ accepted: 2 });
    expect(readFileSync(join(watched.places.done, "a.csv"), "utf8")).toBe(good);
    expect(watched.intake.store.imports.list(9)).toHaveLength(1);
  });

  it("with the disk, when the report cannot be written, loses neither file nor report", async () => {
    const taken = join(watched.places.work, "file-abc");
    mkdirSync(join(taken, ".report.json.next"), { recursive: true });
    writeFileSync(join(taken, "a.csv"), good);
    expect(await watched.look()).toEqual([{ code: "intake.not-answered", file: "a.csv", reason: "EISDIR" }]);
    expect(watched.names("done")).toEqual([]);
    rmSync(join(taken, ".report.json.next"), { recursive: true });
    expect(await watched.look()).toEqual([]);
    expect(watched.report("done", "a.csv")).toMatchObject({ accepted: 0, unchanged: 2 });
  });

  it("with memory for one file is its sender's to see to, and holds up no other", async () => {
    watched.handOver("b.xlsx", await textsWorkbook(700_000, ""));
    for (const name of ["a.csv", "c.csv", "d.csv"]) watched.handOver(name, good);
    const small: StartThread = (task, signal) => startThread(task, signal, { maxOldGenerationSizeMb: 32 });
    expect(await watched.settle({ startThread: small })).toEqual([]);
    expect(watched.names("done").filter((name) => name.endsWith(".csv"))).toEqual([
      "a.csv",
      "c.csv",
      "d.csv",
    ]);
    expect(watched.report("quarantine", "b.xlsx")).toMatchObject({
      outcome: "refused",
      code: "import.workbook-too-large",
    });
    expect(watched.told).toContainEqual({
      file: "b.xlsx",
      outcome: "refused",
      code: "import.workbook-too-large",
    });
    expect(watched.names("work")).toEqual([]);
  });

  it("with a thread that dies over one file is told, and holds up no other; the file is taken up again", async () => {
    for (const name of ["a.csv", "b.csv", "c.csv"]) watched.handOver(name, good);
    let begun = 0;
    const dying: StartThread = (task, signal) => {
      const thread = startThread(task, signal);
      begun += 1;
      const answer: Answering["answer"] = async (file, at) => {
        if (file.name === "b.csv") throw new Error("the thread has ended");
        return thread.answer(file, at);
      };
      return { ...thread, answer };
    };
    expect(await watched.settle({ startThread: dying })).toEqual([
      { code: "intake.not-answered", file: "b.csv" },
    ]);
    expect(watched.told).toContainEqual(new Error("the thread has ended"));
    expect(watched.names("done").filter((name) => name.endsWith(".csv"))).toEqual(["a.csv", "c.csv"]);
    expect(begun).toBeLessThanOrEqual(2);
    expect(await watched.look()).toEqual([]);
    expect(watched.names("done")).toContain("b.csv.report.json");
  });

  it("with `in` is told, and what is under way goes on when it is back", async () => {
    renameSync(watched.places.in, `${watched.places.in}-away`);
    expect(await watched.look()).toEqual([{ code: "intake.folder-unreadable", reason: "ENOENT" }]);
    mkdirSync(watched.places.in);
    watched.handOver("a.csv", good);
    expect(await watched.settle()).toEqual([]);
    expect(watched.names("done")).toEqual(["a.csv", "a.csv.report.json"]);
  });

  it("with a folder in `in`, which is not read, is told, and holds up no file", async () => {
    mkdirSync(join(watched.places.in, "二月"));
    mkdirSync(join(watched.places.in, ".hidden"));
    watched.handOver("a.csv", good);
    expect(await watched.settle()).toEqual([{ code: "intake.no-file", file: "二月" }]);
    expect(watched.names("done")).toContain("a.csv.report.json");
  });

  it("with two agents at one folder: each file is taken once", async () => {
    for (let n = 0; n < 20; n += 1) watched.handOver(`${n}.csv`, penaltyFile([penaltyRow(n)]));
    await watched.look();
    watched.intake.now += 2_000;
    const other = { ...watched.parts, places: { ...watched.places, work: `${watched.places.work}-other` } };
    mkdirSync(other.places.work);
    const { signal } = new AbortController();
    const same = { ...other, look: watched.parts.look };
    expect(await Promise.all([pass(watched.parts, signal), pass(same, signal)])).toEqual([[], []]);
    expect(watched.names("done")).toHaveLength(40);
    expect(watched.told).toHaveLength(20);
  });
});
