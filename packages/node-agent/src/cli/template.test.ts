import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../intake/testing/folder.ts";
import { testCatalogueText } from "../intake/testing/rows.ts";
import { init } from "./init.ts";
import { writeTemplate } from "./template.ts";

let folder: TestFolder;
let home: string;
beforeEach(async () => {
  folder = testFolder();
  home = folder.path("home");
  await init(
    {
      home,
      node: "sz-baoan",
      nameZh: "示例区",
      nameEn: "Example district",
      role: "district",
      division: "440300",
      gatewayNode: "sz",
      registryKey: "A".repeat(43),
      gatewayOrigin: "http://127.0.0.1:1",
      listen: "127.0.0.1:0",
      local: "127.0.0.1:0",
      suite: "ed25519",
    },
    0,
  );
  await writeFile(`${home}/catalogue.jws`, await testCatalogueText());
});
afterEach(() => folder[Symbol.dispose]());

it("writes a template of the catalogue's, and never over another file", async () => {
  const file = folder.path("处罚.xlsx");
  expect(await writeTemplate("penalty", file, home, 0)).toBe(
    `${file}: penalty 行政处罚 · Administrative penalty`,
  );
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 4).toString("hex")).toBe("504b0304");
  await expect(writeTemplate("licence", file, home, 0)).rejects.toThrow(/exists already/);
  expect(await readFile(file)).toEqual(bytes);
});

it("says which items there are", async () => {
  await expect(writeTemplate("Penalty", folder.path("a.xlsx"), home, 0)).rejects.toThrow(/penalty, /);
});

it("writes a workbook under no other name", async () => {
  await expect(writeTemplate("penalty", folder.path("a.csv"), home, 0)).rejects.toThrow(/\.xlsx/);
});
