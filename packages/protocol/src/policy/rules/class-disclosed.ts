import type { Item } from "../../catalogue/index.ts";
import { fault } from "../../problem/index.ts";
import type { Member } from "../../registry/index.ts";
import type { Rule } from "../rule.ts";

/** 政务共享: government-shared items go only to the roles in the item's share scope. */
export function isDisclosedTo(
  { role }: Pick<Member, "role">,
  { disclosure, shareScope }: Pick<Item, "disclosure" | "shareScope">,
): boolean {
  return disclosure !== "government-shared" || shareScope.includes(role);
}

export const classDisclosed: Rule = {
  name: "class-disclosed",
  check({ requester, items }) {
    const closed = items.find((item) => !isDisclosedTo(requester, item));
    return closed && fault("policy.class-not-disclosed", undefined, { item: closed.code });
  },
};
