import type { CreditRecord } from "@xinqiao/protocol/record";

export const recordStates: Readonly<Record<CreditRecord["state"], string>> = {
  current: "有效 current",
  annotated: "已标注 annotated",
  repaired: "已修复 repaired",
  withdrawn: "已撤回 withdrawn",
};
