import { describe, expect, it } from "vitest";
import { baseCatalogue } from "./base/index.ts";
import { indexCatalogue } from "./catalogue.ts";
import { itemCodeSchema } from "./item.ts";
import { maskFields } from "./mask-fields.ts";

const penalty = indexCatalogue(baseCatalogue()).items.get(itemCodeSchema.parse("penalty"));
if (penalty === undefined) throw new Error("the base catalogue has penalties");

describe("maskFields", () => {
  const fields = {
    CF_XDR_MC: "示例甲",
    CF_FRDB: "示例乙",
    CF_FR_SFZH: "11010519491231002X",
    CF_WSH: "示罚〔2024〕1号",
  };

  it("hides a person's name and numbers, and shows the decision", () => {
    expect(maskFields(penalty, fields, "individual")).toEqual({
      CF_XDR_MC: "示**",
      CF_FRDB: "示**",
      CF_FR_SFZH: "1101************2X",
      CF_WSH: "示罚〔2024〕1号",
    });
  });

  it("shows an organisation's name, not its representative's", () => {
    expect(maskFields(penalty, fields, "enterprise")).toMatchObject({ CF_XDR_MC: "示例甲", CF_FRDB: "示**" });
  });

  it("shows nothing of a column the item does not have", () => {
    expect(maskFields(penalty, { PHONE: "13800000000" }, "enterprise")).toEqual({ PHONE: "******" });
  });
});
