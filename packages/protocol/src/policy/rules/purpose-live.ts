import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** A purpose is used only once it is live: listed, with its legal basis in force. */
export const purposeLive: Rule = {
  name: "purpose-live",
  check: ({ purpose }) =>
    purpose.status === "live"
      ? undefined
      : fault("policy.purpose-not-live", undefined, { purpose: purpose.code }),
};
