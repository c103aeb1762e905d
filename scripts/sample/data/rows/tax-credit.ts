import { documentNumber, holder, office, type RowMaker, reportedBy } from "./row.ts";

export const taxCredit: RowMaker = (about) => {
  const { dice, node, subject } = about;
  const year = 2019 + dice.below(7);
  const assessed = `${year + 1}-04-${String(10 + dice.below(20)).padStart(2, "0")}`;
  return {
    ...holder("NS", subject),
    NS_PJWSH: documentNumber(about, "税评", assessed),
    NS_PJND: String(year),
    NS_PJJB: dice.pick(["A", "B", "B", "B", "M", "M", "C", "D"]),
    NS_PJRQ: assessed,
    ...office("NS_SWJG", node.offices.tax),
    ...reportedBy("NS", node, "tax"),
  };
};
