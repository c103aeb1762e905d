import { daysAfter, daysBack } from "../day.ts";
import { documentNumber, holder, office, type RowMaker, reportedBy } from "./row.ts";

export const redList: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const listed = daysBack(dice.below(4 * 365));
  return {
    ...holder("HM", subject),
    HM_MDMC: "示例诚信守法红名单",
    HM_RDWSH: documentNumber(about, "红认", listed),
    HM_LRYY: "示例：连续三年依法依规经营，信用良好。",
    HM_LRYJ: "《深圳经济特区社会信用条例》",
    HM_LRRQ: listed,
    ...office("HM_LRJG", node.offices.credit),
    HM_YXQ: daysAfter(listed, 365 * (2 + dice.below(4))),
    ...reportedBy("HM", node, "credit"),
  };
};
