import { baseCatalogue, type ItemCode, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { composeUscc, jurisdictionSchema, type Subject } from "@xinqiao/protocol/identity";

export const testCatalogue = indexCatalogue(baseCatalogue());
export const testJurisdiction = jurisdictionSchema.parse("440306");
export const testNow = Date.parse("2026-03-01T00:00:00.000Z");
export const penalty: ItemCode = itemCodeSchema.parse("penalty");
export const taxCredit: ItemCode = itemCodeSchema.parse("tax-credit");

export const testSubject = (serial: string): Subject => ({
  kind: "enterprise",
  scheme: "uscc",
  id: composeUscc({ division: "440306", serial }),
});

const office = composeUscc({ authority: "1", kind: "1", division: "440306", serial: "1" });

/** A penalty file's row, in national columns. */
export const penaltyRow = ({ id }: Subject, number: string, changes: Record<string, string> = {}) => ({
  CF_XDR_MC: "示例科技有限公司",
  CF_XDR_LB: "法人及非法人组织",
  CF_XDR_SHXYM: id,
  CF_WSH: number,
  CF_WFXW: "示例违法行为",
  CF_SY: "示例事实",
  CF_YJ: "示例依据",
  CF_CFLB: "罚款",
  CF_NR: "罚款人民币五千元",
  CF_NR_FK: "0.500000",
  CF_JDRQ: "2025-01-02",
  CF_YXQ: "2099-12-31",
  CF_CFJG: "示例区示例局",
  CF_CFJGDM: office,
  CF_SJLY: "示例区示例局",
  CF_SJLYDM: office,
  ...changes,
});

/** A tax credit file's row, in national columns. */
export const taxRow = ({ id }: Subject, number: string) => ({
  NS_ZTMC: "示例科技有限公司",
  NS_SHXYM: id,
  NS_PJWSH: number,
  NS_PJND: "2025",
  NS_PJJB: "A",
  NS_PJRQ: "2025-04-30",
  NS_SWJG: "示例区税务局",
  NS_SWJGDM: office,
  NS_SJLY: "示例区税务局",
  NS_SJLYDM: office,
});

/** What every source of the contract is filled with. */
export const asked = testSubject("DEMA0001");
export const neighbour = testSubject("DEMA0002");
export const stranger = testSubject("DEMA0003");
export const penalties = [
  penaltyRow(asked, "示罚〔2025〕1号"),
  penaltyRow(asked, "示罚〔2025〕2号"),
  penaltyRow(neighbour, "示罚〔2025〕3号"),
];
export const taxGrades = [taxRow(asked, "示税〔2025〕1号"), taxRow(neighbour, "示税〔2025〕2号")];
