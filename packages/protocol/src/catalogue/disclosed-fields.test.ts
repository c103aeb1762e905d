import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subjectKinds } from "../identity/index.ts";
import { testPurpose } from "../testing/index.ts";
import { baseCatalogue } from "./base/index.ts";
import { indexCatalogue } from "./catalogue.ts";
import { disclosedFields } from "./disclosed-fields.ts";
import { itemCodeSchema } from "./item.ts";
import { maskFields } from "./mask-fields.ts";

const code = itemCodeSchema.parse("penalty");
const item = indexCatalogue(baseCatalogue()).items.get(code);
if (item === undefined) throw new Error("the base catalogue has penalties");
const fields = {
  CF_XDR_MC: "示例甲",
  CF_FRDB: "示例乙",
  CF_FR_SFZH: "11010519491231002X",
  CF_WSH: "示罚〔2024〕1号",
  CF_NR_FK: "1.5",
};
const disclosed = (needs?: object) =>
  disclosedFields(
    item,
    testPurpose(needs === undefined ? {} : { needs: { penalty: needs } }),
    fields,
    "individual",
  );

describe("disclosedFields", () => {
  it("gives every column, masked, to a purpose that says nothing of the item", () => {
    expect(disclosed()).toEqual(maskFields(item, fields, "individual"));
  });

  it("gives only the columns the purpose needs", () => {
    expect(disclosed({ only: ["CF_WSH", "CF_FRDB"] })).toEqual({
      CF_WSH: "示罚〔2024〕1号",
      CF_FRDB: "示**",
    });
  });

  it("gives whole what the purpose needs whole, and nothing else", () => {
    expect(disclosed({ whole: ["CF_FRDB"] })).toEqual({
      ...maskFields(item, fields, "individual"),
      CF_FRDB: "示例乙",
    });
  });

  it("discloses no column that is not needed, and none whole that is masked and not needed whole", () => {
    const names = item.fields.map(({ name }) => name);
    const masked = new Set(item.fields.filter(({ masking }) => masking !== "none").map(({ name }) => name));
    fc.assert(
      fc.property(
        fc.subarray(names, { minLength: 1 }),
        fc.subarray(names),
        fc.subarray(names),
        fc.constantFrom(...subjectKinds),
        (only, whole, filled, kind) => {
          const values = Object.fromEntries(filled.map((name) => [name, `值${name}的内容`]));
          const shown = disclosedFields(
            item,
            testPurpose({ needs: { penalty: { only, ...(whole.length > 0 && { whole }) } } }),
            values,
            kind,
          );
          for (const [name, value] of Object.entries(shown)) {
            expect(only).toContain(name);
            const hidden = masked.has(name) && (name !== item.columns.subjectName || kind === "individual");
            if (hidden && !whole.includes(name)) expect(value).not.toBe(values[name]);
          }
          expect(Object.keys(shown).sort()).toEqual(filled.filter((name) => only.includes(name)).sort());
        },
      ),
      { numRuns: 5_000 },
    );
  }, 60_000);
});
