import { fault } from "../../problem/index.ts";
import type { StandingRule } from "../rule.ts";

/** Only an active member asks: pending, suspended and departed members do not. */
export const memberActive: StandingRule = {
  name: "member-active",
  check: ({ requester }) =>
    requester.status === "active"
      ? undefined
      : fault("policy.member-not-active", undefined, { status: requester.status }),
};
