import { daysAfter, daysBack } from "../day.ts";
import type { SampleSubject } from "../population.ts";
import { amount, holder, office, type RowMaker, reportedBy } from "./row.ts";

export const registration: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const established = daysBack(6 * 365 + dice.below(20 * 365));
  return {
    ...holder("DJ", subject),
    DJ_ZZBH: `DJ${node.division}${String(about.number).padStart(8, "0")}`,
    DJ_ZTLX: formOf(subject),
    DJ_ZCZB: amount(dice, 5_000),
    DJ_CLRQ: established,
    DJ_HZRQ: daysAfter(established, dice.below(6 * 365)),
    DJ_YXQZ: established,
    DJ_YXQZI: dice.chance(0.6) ? "2099-12-31" : daysAfter(established, 365 * 30),
    DJ_ZS: `示例市${node.name.zh}示例路${1 + dice.below(999)}号`,
    DJ_JYFW: "一般经营项目：示例业务；许可经营项目：无。",
    DJ_ZT: dice.pick(["存续", "存续", "存续", "存续", "存续", "存续", "存续", "注销", "吊销"]),
    ...office("DJ_DJJG", node.offices.market),
    ...reportedBy("DJ", node, "market"),
  };
};

function formOf({ category, subject }: SampleSubject): string {
  if (subject.kind === "public-institution") return "事业单位法人";
  if (subject.kind === "social-organisation") return "社会团体法人";
  return category === "个体工商户" ? "个体工商户" : "有限责任公司";
}
