import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** Special Zone Credit Regulation art. 37: shared only within the catalogue's scope and official need. */
export const itemsInScope: Rule = {
  name: "items-in-scope",
  check({ requester, items }) {
    const scope = requester.scope.items;
    if (scope === "all") return undefined;
    const outside = items.find((item) => !scope.includes(item.code));
    return outside && fault("policy.item-out-of-scope", undefined, { item: outside.code });
  },
};
