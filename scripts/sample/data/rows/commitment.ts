import { daysAfter, daysBack } from "../day.ts";
import { holder, office, type RowMaker, reportedBy } from "./row.ts";

export const commitment: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const promised = daysBack(dice.below(5 * 365));
  // Division (6), date (8), serial (6): distinct for one subject, which is all that its records need.
  const serial = String(about.number % 1_000_000).padStart(6, "0");
  return {
    ...holder("CN", subject),
    CN_BM: `${node.division}${promised.replaceAll("-", "")}${serial}`,
    CN_LX: dice.pick(["审批替代型", "容缺受理型", "信用修复型", "行业自律型", "主动型"]),
    CN_SX: dice.pick(["证明事项告知承诺", "安全生产承诺", "按时公示年度报告", "不拖欠工资"]),
    CN_NR: "示例：承诺所填报信息真实、合法、有效，并按期履行。",
    CN_WYZR: "示例：违反承诺的，自愿接受失信记录公示。",
    CN_CNRQ: promised,
    CN_YXQ: daysAfter(promised, 365 * (1 + dice.below(5))),
    CN_LXZT: dice.pick(["全部履行", "全部履行", "全部履行", "部分履行", "全部未履行"]),
    ...office("CN_SLDW", node.offices.credit),
    ...reportedBy("CN", node, "credit"),
  };
};
