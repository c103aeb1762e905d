import { daysAfter, daysBack } from "../day.ts";
import { documentNumber, holder, office, type RowMaker, reportedBy } from "./row.ts";

export const seriouslyDishonest: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const listed = daysBack(dice.below(4 * 365));
  return {
    ...holder("YZ", subject),
    YZ_MDMC: "示例严重违法失信名单",
    YZ_LRWSH: documentNumber(about, "严列", listed),
    YZ_LRYY: "示例：拒不履行已生效的行政处罚决定。",
    YZ_LRYJ: "《市场监督管理严重违法失信名单管理办法》",
    YZ_LRRQ: listed,
    ...office("YZ_LRJG", node.offices.market),
    ...(dice.chance(0.3) && { YZ_YCRQ: daysAfter(listed, 365 * 3) }),
    ...reportedBy("YZ", node, "market"),
  };
};
