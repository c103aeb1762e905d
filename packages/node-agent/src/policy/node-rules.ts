import { federationRules, type Rule } from "@xinqiao/protocol/policy";
import { fault } from "@xinqiao/protocol/problem";
import type { NodePolicy } from "../config/index.ts";

const acceptsMember = ({ requesters }: NodePolicy): Rule => ({
  name: "node-accepts-member",
  check: ({ requester }) =>
    requesters === "all" || requesters.includes(requester.node)
      ? undefined
      : fault("policy.node-refuses-member"),
});

const acceptsPurpose = ({ purposes }: NodePolicy): Rule => ({
  name: "node-accepts-purpose",
  check: ({ purpose }) =>
    purposes === "all" || purposes.includes(purpose.code) ? undefined : fault("policy.node-refuses-purpose"),
});

const disclosesItems = ({ withheldItems }: NodePolicy): Rule => ({
  name: "node-discloses-items",
  check({ items }) {
    const withheld = items.find((item) => withheldItems.includes(item.code));
    return withheld && fault("policy.node-refuses-item", undefined, { item: withheld.code });
  },
});

/** What this member adds of its own. It can only narrow. */
export function ownRules(policy: NodePolicy): readonly Rule[] {
  return [acceptsMember(policy), acceptsPurpose(policy), disclosesItems(policy)];
}

/** The federation's rules first, decided anew; then this member's own. */
export function nodeRules(policy: NodePolicy): readonly Rule[] {
  return [...federationRules, ...ownRules(policy)];
}
