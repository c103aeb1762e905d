import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** A member uses only the purposes it was admitted for. */
export const purposeGranted: Rule = {
  name: "purpose-granted",
  check({ requester, purpose }) {
    const granted = requester.scope.purposes;
    return granted === "all" || granted.includes(purpose.code)
      ? undefined
      : fault("policy.purpose-not-granted", undefined, { purpose: purpose.code });
  },
};
