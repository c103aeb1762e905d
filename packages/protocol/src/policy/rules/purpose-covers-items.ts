import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** Personal Information Protection Law art. 6: no more is asked for than the purpose needs. */
export const purposeCoversItems: Rule = {
  name: "purpose-covers-items",
  check({ items, purpose }) {
    const outside = items.find((item) => !purpose.items.includes(item.code));
    return (
      outside &&
      fault("policy.purpose-excludes-item", undefined, { purpose: purpose.code, item: outside.code })
    );
  },
};
