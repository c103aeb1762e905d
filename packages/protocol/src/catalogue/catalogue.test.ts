import { describe, expect, it } from "vitest";
import { baseCatalogue } from "./base/index.ts";
import { indexCatalogue } from "./catalogue.ts";

describe("indexCatalogue", () => {
  const base = baseCatalogue();
  const catalogue = indexCatalogue(base, 7);

  it("finds items and purposes by code", () => {
    expect(catalogue.version).toBe(7);
    for (const item of base.items) expect(catalogue.items.get(item.code)).toBe(item);
    for (const purpose of base.purposes) expect(catalogue.purposes.get(purpose.code)).toBe(purpose);
  });

  it("finds the items of a class with those of its sub-classes", () => {
    const codes = (name: string) => catalogue.classes.get(name)?.map(({ code }) => code);
    expect(codes("名单")).toEqual(["abnormal-operation", "seriously-dishonest"]);
    expect(codes("经营异常名录")).toEqual(["abnormal-operation"]);
    expect(codes("传闻")).toBeUndefined();
  });
});
