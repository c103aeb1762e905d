import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexCatalogue, itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { testItem, testPurpose } from "../testing/index.ts";
import { resolveAsked } from "./index.ts";

const label = { zh: "示例", en: "Example" };
const items = ["tax", "penalty", "licence"].map((code) =>
  testItem({ code, class: code === "tax" ? "纳税" : code === "penalty" ? "处罚" : "行政管理" }),
);
const purpose = testPurpose();
const classes = [
  { code: "纳税", name: label },
  { code: "行政管理", name: label },
  { code: "处罚", name: label, parent: "行政管理" },
  { code: "荣誉", name: label },
];
const catalogue = indexCatalogue({ classes, items, purposes: [purpose] });
const item = (code: string) => itemCodeSchema.parse(code);

function codes(asked: {
  items?: readonly string[];
  classes?: readonly string[];
}): readonly string[] | string {
  const resolved = resolveAsked(
    { ...asked, items: asked.items?.map(item), purpose: purpose.code },
    catalogue,
  );
  return resolved.ok ? resolved.value.items.map(({ code }) => code) : resolved.error.code;
}

describe("resolveAsked", () => {
  it("gives items and whole classes, with their sub-classes, in code order, each once", () => {
    expect(codes({ items: ["tax", "licence", "tax"], classes: ["行政管理"] })).toEqual([
      "licence",
      "penalty",
      "tax",
    ]);
  });

  it("gives a sub-class alone when it is asked for", () => {
    expect(codes({ classes: ["处罚"] })).toEqual(["penalty"]);
  });

  it("names the same question the same way whatever the order it is asked in", () => {
    const some = fc.subarray(["tax", "penalty", "licence"], { minLength: 1 });
    fc.assert(
      fc.property(some, (asked) => {
        expect(codes({ items: asked.toReversed() })).toEqual(codes({ items: asked }));
      }),
    );
  });

  it.each([
    ["an item nobody lists", { items: ["honour"] }],
    ["one such item among others", { items: ["tax", "honour"] }],
    ["a class nobody lists", { classes: ["声誉"] }],
    ["a class without items", { classes: ["荣誉"] }],
    ["nothing at all", {}],
    ["two empty lists", { items: [], classes: [] }],
  ])("refuses %s", (_, asked) => {
    expect(codes(asked)).toBe("lookup.item-unknown");
  });

  it("says which class nobody lists without repeating its text", () => {
    const asked = { classes: ["行政管理", "110105 1949"], purpose: purpose.code };
    expect(resolveAsked(asked, catalogue)).toEqual({
      ok: false,
      error: { code: "lookup.item-unknown", facts: { class: 1 } },
    });
  });

  it("refuses a purpose nobody lists", () => {
    const asked = { items: [item("tax")], purpose: purposeCodeSchema.parse("curiosity") };
    expect(resolveAsked(asked, catalogue)).toMatchObject({ error: { code: "lookup.purpose-unknown" } });
  });
});
