import { daysAfter, daysBack } from "../day.ts";
import { amount, documentNumber, office, party, type RowMaker, reportedBy } from "./row.ts";

const breaches = [
  ["market", "市监罚", "虚假宣传", "在网页上对商品性能作引人误解的宣传", "《反不正当竞争法》第二十条"],
  ["market", "市监罚", "销售不合格商品", "抽检一批次商品不符合国家标准", "《产品质量法》第四十九条"],
  ["environment", "环罚", "超标排放", "外排废水化学需氧量超过排放限值", "《水污染防治法》第八十三条"],
  ["transport", "交罚", "超限运输", "货运车辆总质量超过限定标准", "《公路安全保护条例》第六十四条"],
  [
    "construction",
    "建罚",
    "施工现场管理不善",
    "施工现场未按规定设置围挡",
    "《建设工程安全生产管理条例》第六十四条",
  ],
] as const;

export const penalty: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const [kind, mark, breach, facts, basis] = dice.pick(breaches);
  const decided = daysBack(dice.below(5 * 365));
  const warned = dice.chance(0.2);
  const fine = amount(dice, 60);
  return {
    ...party("CF", subject),
    CF_WSH: documentNumber(about, mark, decided),
    CF_WFXW: breach,
    CF_SY: `示例：${facts}。`,
    CF_YJ: basis,
    CF_CFLB: warned ? "警告" : "罚款",
    CF_NR: warned ? "警告" : `罚款人民币${fine}万元`,
    ...(!warned && { CF_NR_FK: fine }),
    ...(dice.chance(0.1) && { CF_NR_WFFF: amount(dice, 20) }),
    CF_JDRQ: decided,
    CF_YXQ: dice.chance(0.3) ? "2099-12-31" : daysAfter(decided, 365 * 5),
    // Minor, ordinary and serious breaches are published for up to one and up to three years.
    CF_GSJZQ: daysAfter(decided, 365 * dice.pick([1, 3, 3])),
    ...office("CF_CFJG", node.offices[kind]),
    ...reportedBy("CF", node, kind),
  };
};
