import { daysAfter, daysBack } from "../day.ts";
import { documentNumber, office, party, type RowMaker } from "./row.ts";

const matters = [
  ["market", "食品经营许可", "预包装食品销售、散装食品销售"],
  ["transport", "道路货物运输经营许可", "普通货物运输"],
  ["construction", "建筑工程施工许可", "房屋建筑工程施工"],
  ["environment", "排污许可", "废水、废气排放"],
  ["market", "特种设备使用登记", "起重机械、压力容器使用"],
] as const;

export const licence: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const [kind, title, content] = dice.pick(matters);
  const decided = daysBack(dice.below(6 * 365));
  const until = dice.chance(0.15) ? "2099-12-31" : daysAfter(decided, 365 * (1 + dice.below(10)));
  return {
    ...party("XK", subject),
    XK_XKWS: `${title}决定书`,
    XK_WSH: documentNumber(about, "许", decided),
    XK_XKLB: dice.pick(["普通", "普通", "普通", "核准", "登记", "认可"]),
    XK_XKZS: `${title}证`,
    XK_XKBH: `XK${node.division}${String(about.number).padStart(8, "0")}`,
    XK_NR: content,
    XK_JDRQ: decided,
    XK_YXQZ: decided,
    XK_YXQZI: until,
    ...office("XK_XKJG", node.offices[kind]),
    XK_ZT: dice.chance(0.92) ? "1" : "2",
    ...office("XK_LYDW", node.offices[kind]),
  };
};
