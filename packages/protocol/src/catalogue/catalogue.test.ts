import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { baseCatalogue } from "./base/index.ts";
import { type CatalogueDocument, catalogueDocumentSchema, indexCatalogue } from "./catalogue.ts";

const first = <T>(values: readonly T[]): T => {
  const [value] = values;
  if (value === undefined) throw new Error("the base catalogue is empty");
  return value;
};
const base = baseCatalogue();
const item = first(base.items);
const purpose = first(base.purposes);

const messages = (change: Partial<z.input<typeof catalogueDocumentSchema>>): string[] => {
  const parsed = catalogueDocumentSchema.safeParse({ ...base, ...change });
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
};

describe("catalogueDocumentSchema", () => {
  it("refuses an item listed twice", () => {
    expect(messages({ items: [...base.items, item] })).toEqual(["item registration is listed twice"]);
  });

  it("refuses a purpose listed twice, or one that names an unknown item", () => {
    expect(messages({ purposes: [purpose, purpose] })).toEqual(["purpose bid-review is listed twice"]);
    expect(messages({ purposes: [{ ...purpose, items: ["rumour"] }] })).toEqual([
      "purpose bid-review names unknown item rumour",
    ]);
  });

  it("refuses needs of an item that the purpose does not list, or of a column that the item does not have", () => {
    const needing = (needs: object) => messages({ purposes: [{ ...purpose, needs }] });
    expect(needing({ penalty: { only: ["CF_WSH"], whole: ["CF_FRDB"] } })).toEqual([]);
    expect(needing({ "tax-credit": { only: ["NS_PJJB"] } })).toEqual([
      "purpose bid-review has needs of tax-credit, which it does not list",
    ]);
    expect(needing({ penalty: { only: ["CF_WHS"], whole: ["NOWHERE"] } })).toEqual([
      "purpose bid-review needs CF_WHS, which item penalty does not have",
      "purpose bid-review needs NOWHERE, which item penalty does not have",
    ]);
  });

  it("refuses a role that leads to no column, to an optional one, or to one that is no date", () => {
    const withColumns = (columns: Partial<CatalogueDocument["items"][number]["columns"]>) =>
      messages({
        items: [{ ...item, columns: { ...item.columns, ...columns } }, ...base.items.slice(1)],
      });
    expect(withColumns({ uscc: "NOWHERE" })).toEqual(["item registration has no field NOWHERE for uscc"]);
    expect(withColumns({ documentNumber: "DJ_ZS" })).toEqual([
      "item registration must require DJ_ZS, its documentNumber",
    ]);
    expect(withColumns({ validUntil: "DJ_ZS" })).toEqual([
      "item registration must have a date in DJ_ZS, its validUntil",
    ]);
  });

  it("refuses a column listed twice", () => {
    const fields = [...item.fields, first(item.fields)];
    expect(messages({ items: [{ ...item, fields }, ...base.items.slice(1)] })).toEqual([
      "item registration has field DJ_ZTMC twice",
    ]);
  });
});

describe("indexCatalogue", () => {
  it("finds items and purposes by code", () => {
    const catalogue = indexCatalogue(base);
    expect(catalogue.version).toBe(base.version);
    expect(catalogue.items.get(item.code)).toBe(item);
    expect(catalogue.purposes.get(purpose.code)).toBe(purpose);
  });
});
