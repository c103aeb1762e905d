import { fault } from "../../problem/index.ts";
import type { StandingRule } from "../rule.ts";

/** Auditors read the log, never the records. */
export const roleMayAsk: StandingRule = {
  name: "role-may-ask",
  check: ({ requester }) =>
    requester.role === "auditor"
      ? fault("policy.role-not-allowed", undefined, { role: requester.role })
      : undefined,
};
