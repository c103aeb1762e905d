import { daysAfter, daysBack } from "../day.ts";
import { documentNumber, holder, office, type RowMaker, reportedBy } from "./row.ts";

export const abnormalOperation: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const listed = daysBack(dice.below(5 * 365));
  return {
    ...holder("YC", subject),
    YC_LRWSH: documentNumber(about, "异列", listed),
    YC_LRYY: dice.pick([
      "未依照规定的期限公示年度报告",
      "通过登记的住所或者经营场所无法联系",
      "公示企业信息隐瞒真实情况",
    ]),
    YC_LRRQ: listed,
    ...office("YC_LRJG", node.offices.market),
    ...(dice.chance(0.55) && {
      YC_YCYY: "已履行公示义务，申请移出",
      YC_YCRQ: daysAfter(listed, 20 + dice.below(400)),
      YC_YCJG: node.offices.market.name,
    }),
    ...reportedBy("YC", node, "market"),
  };
};
