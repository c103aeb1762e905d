import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/**
 * Special Zone Credit Regulation art. 44: authorised-class data needs the subject's authorisation.
 * The exchange carries none yet, so whatever needs one is refused.
 */
export const authorisationGiven: Rule = {
  name: "authorisation-given",
  check({ items, purpose }) {
    if (purpose.authorisation) {
      return fault("policy.authorisation-required", undefined, { purpose: purpose.code });
    }
    const authorised = items.find((item) => item.disclosure === "authorised");
    return authorised && fault("policy.authorisation-required", undefined, { item: authorised.code });
  },
};
