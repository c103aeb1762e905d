import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** A purpose whose legal basis is local is not used elsewhere. */
export const purposeCoversJurisdictions: Rule = {
  name: "purpose-covers-jurisdictions",
  check({ jurisdictions, purpose }) {
    const covered = purpose.jurisdictions;
    if (covered === "all") return undefined;
    const outside = jurisdictions.find((jurisdiction) => !covered.includes(jurisdiction));
    return (
      outside &&
      fault("policy.purpose-excludes-jurisdiction", undefined, {
        purpose: purpose.code,
        jurisdiction: outside,
      })
    );
  },
};
