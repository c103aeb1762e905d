import { daysAfter, daysBack } from "../day.ts";
import { documentNumber, holder, type RowMaker, reportedBy } from "./row.ts";

export const judgmentDefaulter: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const filed = daysBack(60 + dice.below(4 * 365));
  const published = daysAfter(filed, 30 + dice.below(30));
  return {
    ...holder("SX", subject),
    SX_ZXFY: node.offices.court.name,
    SX_SF: "广东",
    SX_YJWH: documentNumber(about, "民初", filed),
    SX_AH: documentNumber(about, "执", filed),
    SX_LARQ: filed,
    SX_YW: "示例：支付货款及利息。",
    SX_LXQK: dice.pick(["全部未履行", "全部未履行", "部分未履行", "全部已履行"]),
    SX_JTQX: "示例：有履行能力而拒不履行生效法律文书确定义务。",
    SX_FBRQ: published,
    ...(dice.chance(0.3) && { SX_CXRQ: daysAfter(published, 180 + dice.below(540)) }),
    ...reportedBy("SX", node, "court"),
  };
};
