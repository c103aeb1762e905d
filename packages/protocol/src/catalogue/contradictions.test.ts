import { describe, expect, it } from "vitest";
import { baseCatalogue } from "./base/index.ts";
import { type CatalogueContent, catalogueContentSchema } from "./content.ts";
import { contradictions } from "./contradictions.ts";

const first = <T>(values: readonly T[]): T => {
  const [value] = values;
  if (value === undefined) throw new Error("the base catalogue is empty");
  return value;
};
const base = baseCatalogue();
const item = first(base.items);
const purpose = first(base.purposes);
const label = { zh: "示例", en: "Example" };

const faults = (change: object) =>
  contradictions(catalogueContentSchema.parse({ ...base, ...change })).map(
    ({ place, message }) => `${place}: ${message}`,
  );

describe("contradictions", () => {
  it("finds none in the base catalogue", () => {
    expect(faults({})).toEqual([]);
  });

  it("names an item, a purpose or a class listed twice", () => {
    expect(faults({ items: [...base.items, item] })).toEqual([
      `items.${base.items.length}.code: item registration is listed twice`,
    ]);
    expect(faults({ purposes: [purpose, purpose] })).toEqual([
      "purposes.1.code: purpose bid-review is listed twice",
    ]);
    expect(faults({ classes: [...base.classes, first(base.classes)] })).toEqual([
      `classes.${base.classes.length}.code: class 登记注册 is listed twice`,
    ]);
  });

  it("names a purpose's item, and an item's class, that nobody lists", () => {
    expect(faults({ purposes: [{ ...purpose, items: ["penalty", "rumour"] }] })).toEqual([
      "purposes.0.items.1: purpose bid-review names unknown item rumour",
    ]);
    expect(faults({ items: [{ ...item, class: "传闻" }, ...base.items.slice(1)] })).toEqual([
      "items.0.class: item registration is of unknown class 传闻",
    ]);
  });

  it("names a class within one that nobody lists, or within itself", () => {
    const within = (...classes: [code: string, parent?: string][]) =>
      faults({
        classes: [...base.classes, ...classes.map(([code, parent]) => ({ code, name: label, parent }))],
      });
    const at = base.classes.length;
    expect(within(["甲", "名单"], ["乙", "甲"])).toEqual([]);
    expect(within(["甲", "乌有"])).toEqual([`classes.${at}.parent: class 甲 is within unknown class 乌有`]);
    expect(within(["甲", "甲"])).toEqual([`classes.${at}.parent: class 甲 is within itself: 甲 → 甲`]);
    expect(within(["甲", "乙"], ["乙", "甲"], ["丙", "甲"])).toEqual([
      `classes.${at}.parent: class 甲 is within itself: 甲 → 乙 → 甲`,
      `classes.${at + 1}.parent: class 乙 is within itself: 乙 → 甲 → 乙`,
    ]);
  });

  it("names needs of an item that the purpose does not list, or of a column that the item does not have", () => {
    const needing = (needs: object) => faults({ purposes: [{ ...purpose, needs }] });
    expect(needing({ penalty: { only: ["CF_WSH"], whole: ["CF_FRDB"] } })).toEqual([]);
    expect(needing({ "tax-credit": { only: ["NS_PJJB"] } })).toEqual([
      "purposes.0.needs.tax-credit: purpose bid-review has needs of tax-credit, which it does not list",
    ]);
    expect(needing({ penalty: { only: ["CF_WHS"], whole: ["NOWHERE"] } })).toEqual([
      "purposes.0.needs.penalty: purpose bid-review needs CF_WHS, which item penalty does not have",
      "purposes.0.needs.penalty: purpose bid-review needs NOWHERE, which item penalty does not have",
    ]);
  });

  it("names a purpose that needs columns and is answered by yes or no, and one that ends before it begins", () => {
    const needs = { penalty: { only: ["CF_WSH"] } };
    expect(faults({ purposes: [{ ...purpose, answers: "yes-no", needs }] })).toEqual([
      "purposes.0.needs: purpose bid-review is answered by yes or no: it needs no column",
    ]);
    const dates = { validFrom: "2026-03-01", validUntil: "2026-02-28" };
    expect(faults({ purposes: [{ ...purpose, ...dates }] })).toEqual([
      "purposes.0.validUntil: purpose bid-review ends before it begins",
    ]);
  });

  it("names a measure upon an item that the purpose does not list, and one that ends before it begins", () => {
    const measure = { item: "penalty", name: { zh: "示例", en: "Example" }, legalBasis: "示例条例" };
    const taking = (change: object) =>
      faults({ purposes: [{ ...purpose, measures: [{ ...measure, ...change }] }] });
    expect(taking({ validFrom: "2026-03-01", validUntil: "2026-03-01" })).toEqual([]);
    expect(taking({ item: "tax-credit" })).toEqual([
      "purposes.0.measures.0: purpose bid-review has a measure upon tax-credit, which it does not list",
    ]);
    expect(taking({ validFrom: "2026-03-01", validUntil: "2026-02-28" })).toEqual([
      "purposes.0.measures.0.validUntil: purpose bid-review has a measure that ends before it begins",
    ]);
  });

  it("names a purpose answered by yes or no whose answers must be sealed", () => {
    const message = "purpose bid-review is answered by yes or no, which cannot be sealed as it must be";
    for (const change of [{ authorisation: true }, { items: ["penalty", "tax-credit"] }]) {
      expect(faults({ purposes: [{ ...purpose, answers: "yes-no", ...change }] })).toEqual([
        `purposes.0.answers: ${message}`,
      ]);
    }
  });

  it("names a role that leads to no column, to an optional one, or to one that is no date", () => {
    const withColumns = (columns: Partial<CatalogueContent["items"][number]["columns"]>) =>
      faults({ items: [{ ...item, columns: { ...item.columns, ...columns } }, ...base.items.slice(1)] });
    expect(withColumns({ uscc: "NOWHERE" })).toEqual([
      "items.0.columns.uscc: item registration has no field NOWHERE for uscc",
    ]);
    expect(withColumns({ documentNumber: "DJ_ZS" })).toEqual([
      "items.0.columns.documentNumber: item registration must require DJ_ZS, its documentNumber",
    ]);
    expect(withColumns({ validUntil: "DJ_ZS" })).toEqual([
      "items.0.columns.validUntil: item registration must have a date in DJ_ZS, its validUntil",
    ]);
  });

  it("names a column listed twice", () => {
    const fields = [...item.fields, first(item.fields)];
    expect(faults({ items: [{ ...item, fields }, ...base.items.slice(1)] })).toEqual([
      "items.0.fields: item registration has field DJ_ZTMC twice",
    ]);
  });
});
