import { itemsToAuthorise, uncovered } from "../../authorisation/index.ts";
import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/**
 * Special Zone Credit Regulation art. 44: authorised-class data, and purposes that ask for it, need the subject's
 * authorisation, for this member, this purpose and each item.
 */
export const authorisationGiven: Rule = {
  name: "authorisation-given",
  check({ requester, items, purpose, authorisation: presented }) {
    const needing = itemsToAuthorise({ items, purpose });
    const [first] = needing;
    if (first === undefined) return undefined;
    if (presented === undefined) {
      const what = purpose.authorisation ? { purpose: purpose.code } : { item: first.code };
      return fault("policy.authorisation-required", undefined, what);
    }
    if (presented.fault !== undefined) return presented.fault;
    return uncovered(presented.authorisation, {
      requester: requester.node,
      purpose: purpose.code,
      items: needing.map(({ code }) => code),
    });
  },
};
