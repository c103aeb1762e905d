import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { csvText, penaltyRow, testCatalogueText } from "../intake/testing/rows.ts";
import { listGaps } from "./gaps.ts";
import { importFiles } from "./import.ts";
import { init } from "./init.ts";

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-import-"));
  home = join(folder, "home");
});
afterEach(async () => {
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** A member that the city's catalogue was handed to. */
async function member(jurisdiction?: string): Promise<void> {
  await init(
    {
      home,
      node: "sz-baoan",
      nameZh: "示例区",
      nameEn: "Example district",
      role: "district",
      division: "440300",
      ...(jurisdiction !== undefined && { jurisdiction }),
      gatewayNode: "sz",
      registryKey: "A".repeat(43),
      gatewayOrigin: "http://127.0.0.1:1",
      listen: "127.0.0.1:0",
      local: "127.0.0.1:0",
      suite: "ed25519",
    },
    0,
  );
  await writeFile(join(home, "catalogue.jws"), await testCatalogueText());
}

async function fileOf(name: string, rows: readonly Record<string, string>[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, csvText(rows));
  return path;
}

describe("xinqiao import", () => {
  it("reports what became of every row, in both languages, and lists the bad ones", async () => {
    await member("440306");
    const secret = "=HYPERLINK(1)";
    const rows = [penaltyRow(1), penaltyRow(2, { CF_JDRQ: "2024-02-30", CF_XDR_MC: secret }), penaltyRow(1)];
    const text = await importFiles([await fileOf("处罚.csv", rows)], { home });
    expect(text).toContain("处罚.csv → penalty 行政处罚 Administrative penalty (utf-8)");
    expect(text).toMatch(/│ 3 +│ 1 +│ 0 +│ 1 +│ 1 +│/);
    expect(text).toContain("第 3 行 line 3: CF_JDRQ 日期不存在 · no such day");
    expect(text).not.toContain(secret);
    expect(process.exitCode).toBeUndefined();

    const list = join(home, "quarantine", "处罚.csv.csv");
    expect(text).toContain(list);
    expect((await stat(list)).mode & 0o777).toBe(0o600);
    const report = await readFile(list, "utf8");
    expect(report).toContain('"3","CF_JDRQ 处罚决定日期","日期不存在","no such day"');
    expect(report).toContain(`"'${secret}"`);
  });

  it("leaves gaps that are listed by the file's name, with no person's number in that", async () => {
    await member("440306");
    await importFiles([await fileOf("示例11010519491231002X.csv", [penaltyRow(1, { CF_JDRQ: "昨天" })])], {
      home,
    });
    for (const text of [await listGaps(home), await listGaps(home, true)]) {
      expect(text).toContain("示例1101************2X.csv");
      expect(text).not.toContain("11010519491231002X");
    }
  });

  it("changes nothing the second time, and replaces the list", async () => {
    await member("440306");
    const file = await fileOf("penalty.csv", [penaltyRow(1), penaltyRow(2, { CF_WSH: "" })]);
    await importFiles([file], { home });
    const again: unknown = JSON.parse(await importFiles([file], { home, json: true }));
    expect(again).toMatchObject([
      {
        ok: true,
        file: "penalty.csv",
        item: "penalty",
        received: 2,
        accepted: 0,
        unchanged: 1,
        quarantined: 1,
        duplicates: 0,
        rows: [{ line: 3, reasons: [{ field: "CF_WSH", reason: "required" }] }],
        quarantineFile: join(home, "quarantine", "penalty.csv.csv"),
      },
    ]);
  });

  it("leaves what has changed since as it is, says so, and takes it by force", async () => {
    await member("440306");
    const old = await fileOf("old.csv", [penaltyRow(1)]);
    const correction = await fileOf("new.csv", [penaltyRow(1, { CF_NR_FK: "0.6" })]);
    await importFiles([old, correction], { home });
    expect(await importFiles([old], { home })).toContain("1 rows say what this file has said before");
    const forced: unknown = JSON.parse(await importFiles([old], { home, force: true, json: true }));
    expect(forced).toMatchObject([{ accepted: 1, unchanged: 0, superseded: 0 }]);
  });

  it("takes in the good files when another cannot be read, and ends with exit code 1", async () => {
    await member("440306");
    const good = await fileOf("good.csv", [penaltyRow(1)]);
    const text = await importFiles([join(folder, "missing.csv"), good], { home });
    expect(text).toContain("import.file-unreadable");
    expect(text).toContain("good.csv → penalty");
    expect(process.exitCode).toBe(1);
  });

  it("names every missing column", async () => {
    await member("440306");
    const { CF_WSH: _number, CF_JDRQ: _day, ...row } = penaltyRow(1);
    const text = await importFiles([await fileOf("short.csv", [row])], { home });
    expect(text).toMatch(/CF_WSH 行政处罚决定书文号.*CF_JDRQ 处罚决定日期/);
  });

  it("is not for a member that only asks", async () => {
    await member();
    await expect(importFiles([], { home })).rejects.toThrow(/no jurisdiction/);
  });
});
