import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** Between cities data goes by agreement, as long as it is in force (Special Zone Credit Regulation art. 37). */
export const agreementInForce: Rule = {
  name: "agreement-in-force",
  check({ jurisdictions, agreed }) {
    const outside = jurisdictions.find((jurisdiction) => !agreed(jurisdiction));
    return outside && fault("policy.no-agreement", undefined, { jurisdiction: outside });
  },
};
