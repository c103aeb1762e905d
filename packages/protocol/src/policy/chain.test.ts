import { describe, expect, it } from "vitest";
import { type TestDisclosure, testDisclosure } from "../testing/index.ts";
import { decide, explain, federationRules, type Rule } from "./index.ts";

/** Wrong in every way a rule knows; then each fault put right, in the order the law asks about them. */
const everythingWrong: TestDisclosure = {
  requester: { status: "suspended", role: "auditor", scope: { items: [], purposes: [] } },
  items: [{ disclosure: "government-shared" }, { code: "tax", disclosure: "authorised" }],
  registryLate: 61,
  agreed: false,
  purpose: {
    status: "pending",
    graceSeconds: 60,
    items: ["licence"],
    subjectKinds: ["individual"],
    jurisdictions: ["441900"],
    authorisation: true,
  },
};

const repairs: readonly (readonly [rule: string, repair: TestDisclosure])[] = [
  ["member-active", { requester: { status: "active" } }],
  ["role-may-ask", { requester: { role: "credit-user" } }],
  ["items-in-scope", { requester: { scope: { items: "all", purposes: [] } } }],
  ["class-disclosed", { items: [{}, { code: "tax", disclosure: "authorised" }] }],
  ["purpose-live", { purpose: { status: "live" } }],
  ["registry-fresh", { registryLate: 60 }],
  ["purpose-granted", { requester: { scope: { items: "all", purposes: "all" } } }],
  ["purpose-covers-items", { purpose: { items: ["penalty", "tax"] } }],
  ["subject-kind-covered", { purpose: { subjectKinds: ["enterprise"] } }],
  ["purpose-covers-jurisdictions", { purpose: { jurisdictions: "all" } }],
  ["agreement-in-force", { agreed: true }],
  ["authorisation-given", { purpose: { authorisation: false }, items: [{}] }],
];

const repaired = (wrong: TestDisclosure, repair: TestDisclosure): TestDisclosure => ({
  ...wrong,
  ...repair,
  requester: { ...wrong.requester, ...repair.requester },
  purpose: { ...wrong.purpose, ...repair.purpose },
});

describe("the chain of rules", () => {
  it("asks in the order of a disclosure decision: standing and scope, class, purpose, authorisation", () => {
    let state = everythingWrong;
    for (const [rule, repair] of repairs) {
      expect(decide(federationRules, testDisclosure(state))).toMatchObject({ allowed: false, rule });
      state = repaired(state, repair);
    }
    expect(decide(federationRules, testDisclosure(state))).toEqual({ allowed: true });
    expect(repairs.map(([rule]) => rule)).toEqual(federationRules.map(({ name }) => name));
  });

  it("stops at the first rule that objects", () => {
    const asked: string[] = [];
    const rule = (name: string, objects: boolean): Rule => ({
      name,
      check() {
        asked.push(name);
        return objects ? { code: "policy.role-not-allowed" } : undefined;
      },
    });
    const decision = decide([rule("a", false), rule("b", true), rule("c", true)], testDisclosure());
    expect(decision).toMatchObject({ allowed: false, rule: "b" });
    expect(asked).toEqual(["a", "b"]);
  });

  it("is explained rule by rule: the first that objects is the one that decides", () => {
    for (const change of [everythingWrong, ...repairs.map(([, repair]) => repair), {}]) {
      const request = testDisclosure(change);
      const verdicts = explain(federationRules, request);
      expect(verdicts.map(({ rule }) => rule)).toEqual(federationRules.map(({ name }) => name));
      const decision = decide(federationRules, request);
      expect(verdicts.find(({ fault }) => fault !== undefined)).toEqual(
        decision.allowed ? undefined : { rule: decision.rule, fault: decision.fault },
      );
    }
  });

  it("names every rule once", () => {
    const names = federationRules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
