import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordsOf, type SampleItem, sampleItems, sampleNode } from "../../data/index.ts";
import { writeFiles } from "./files.ts";
import { fileForms } from "./forms.ts";
import { slips } from "./slips.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-files-"));
  for (const copy of ["one", "other"]) {
    await writeFiles({ folder: join(folder, copy), subjects: 100, onRecord: () => {} });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytesOf = (item: SampleItem, copy = "one") => readFile(join(folder, copy, fileForms[item].name));

describe("Bao'an's files", () => {
  it.each(sampleItems.filter((item) => fileForms[item].form !== "xlsx"))(
    "are the same bytes whenever they are made: %s",
    async (item) => {
      const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
      expect(hash(await bytesOf(item))).toBe(hash(await bytesOf(item, "other")));
    },
  );

  it("are in the encodings that offices use", async () => {
    const penalties = await bytesOf("penalty");
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(penalties)).toThrow();
    expect(new TextDecoder("gb18030", { fatal: true }).decode(penalties)).toContain(
      "示例信桥联合科技有限公司",
    );
    expect((await bytesOf("licence")).subarray(0, 3).toString("hex")).toBe("efbbbf");
    expect((await bytesOf("registration")).subarray(0, 2).toString("latin1")).toBe("DJ");
    expect((await bytesOf("red-list")).subarray(0, 2).toString("latin1")).toBe("PK");
  });

  it("write days in the forms that offices use", async () => {
    expect(new TextDecoder("gb18030").decode(await bytesOf("penalty"))).toMatch(/,20\d\d\/\d\d\/\d\d,/);
    expect((await bytesOf("licence")).toString("utf8")).toMatch(/,20\d\d-\d\d-\d\d,/);
    expect((await bytesOf("commitment")).toString("utf8")).toMatch(/,20\d{6},/);
  });

  it("leave out what was repaired or withdrawn: an old file must not bring it back", async () => {
    const records = [...recordsOf(sampleNode("sz-baoan"), 100)];
    for (const item of sampleItems.filter((code) => fileForms[code].form !== "xlsx")) {
      const kept = records.filter(
        (record) => record.item === item && ["current", "annotated"].includes(record.state),
      );
      const spoilt = slips.filter((slip) => slip.item === item);
      const lines = (await bytesOf(item)).toString("latin1").trimEnd().split("\r\n");
      expect(lines.length, item).toBe(1 + kept.length + spoilt.length);
    }
  });
});
