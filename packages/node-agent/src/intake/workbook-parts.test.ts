import { expect, it } from "vitest";
import { testFolder } from "./testing/folder.ts";
import { textsWorkbook } from "./testing/texts-workbook.ts";
import { checkWorkbook } from "./workbook-parts.ts";

it("calls a workbook too large that has more shared texts than are held in memory", async () => {
  using folder = testFolder();
  const check = async (count: number) =>
    checkWorkbook(folder.file("texts.xlsx", await textsWorkbook(count, "长".repeat(1_000))));
  expect(await check(100)).toBe("sound");
  expect(await check(23_000)).toBe("too-large");
});
