import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** A purpose may want newer knowledge of who is a member than the registry's own grace allows. */
export const registryFresh: Rule = {
  name: "registry-fresh",
  check: ({ purpose, standing }) =>
    standing(purpose.graceSeconds) === "expired"
      ? fault("registry.expired", undefined, { purpose: purpose.code })
      : undefined,
};
