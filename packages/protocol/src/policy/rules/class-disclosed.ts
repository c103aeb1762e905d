import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** 政务共享: government-shared items go only to the roles in the item's share scope. */
export const classDisclosed: Rule = {
  name: "class-disclosed",
  check({ requester, items }) {
    const closed = items.find(
      (item) => item.disclosure === "government-shared" && !item.shareScope.includes(requester.role),
    );
    return closed && fault("policy.class-not-disclosed", undefined, { item: closed.code });
  },
};
