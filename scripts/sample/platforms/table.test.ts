import { describe, expect, it } from "vitest";
import { sampleItems } from "../data/index.ts";
import { itemOf } from "./catalogue.ts";
import { dgTable } from "./dg/tables.ts";
import { hzList } from "./hz/lists.ts";
import { longgangTable } from "./longgang/tables.ts";
import { camelCase, platformTable } from "./table.ts";

describe.each([
  ["Longgang", longgangTable],
  ["Dongguan", dgTable],
  ["Huizhou", hzList],
])("the platform of %s", (_, tableOf) => {
  it.each(sampleItems)("holds every column of %s once, under a name of its own", (item) => {
    const { columns } = tableOf(item);
    expect(columns.map(({ national }) => national)).toEqual(itemOf(item).fields.map(({ name }) => name));
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  });

  it("has a name of its own for each list", () => {
    expect(new Set(sampleItems.map((item) => tableOf(item).name)).size).toBe(sampleItems.length);
  });
});

describe("a platform's naming", () => {
  it("is refused when two columns would share a name", () => {
    const roles = {
      subjectName: "a",
      uscc: "b",
      citizenId: "c",
      registrationNumber: "d",
      documentNumber: "e",
      occurredOn: "f",
      validUntil: "g",
      disclosedUntil: "h",
      removedOn: "i",
      sourceUnit: "j",
      sourceUnitCode: "k",
    };
    expect(() => platformTable("penalty", "t", { roles, other: () => "same" })).toThrow("one name");
  });

  it("turns national names into camel case", () => {
    expect(camelCase("CF_XDR_LB")).toBe("cfXdrLb");
  });
});
