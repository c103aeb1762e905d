import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** Purpose and items must both apply to this kind of subject. */
export const subjectKindCovered: Rule = {
  name: "subject-kind-covered",
  check({ subjectKind, items, purpose }) {
    if (!purpose.subjectKinds.includes(subjectKind)) {
      return fault("policy.subject-kind-not-covered", undefined, {
        purpose: purpose.code,
        kind: subjectKind,
      });
    }
    const outside = items.find((item) => !item.subjectKinds.includes(subjectKind));
    return (
      outside &&
      fault("policy.subject-kind-not-covered", undefined, { item: outside.code, kind: subjectKind })
    );
  },
};
