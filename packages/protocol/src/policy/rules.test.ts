import { describe, expect, it } from "vitest";
import type { Code } from "../problem/index.ts";
import { type TestDisclosure, testAuthorisation, testDisclosure } from "../testing/index.ts";
import { decide, federationRules } from "./index.ts";

interface RuleCases {
  readonly allows: Readonly<Record<string, TestDisclosure>>;
  readonly refuses: Readonly<Record<string, TestDisclosure>>;
  readonly code: Code;
}

const shared = { disclosure: "government-shared", shareScope: ["district", "city"] };

/** Every rule by its name, with what it lets through and what not. */
const cases: Readonly<Record<string, RuleCases>> = {
  "member-active": {
    code: "policy.member-not-active",
    allows: { "an active member": { requester: { status: "active" } } },
    refuses: {
      "one not admitted yet": { requester: { status: "pending" } },
      "one suspended": { requester: { status: "suspended" } },
      "one that left": { requester: { status: "left" } },
    },
  },
  "role-may-ask": {
    code: "policy.role-not-allowed",
    allows: {
      "a credit user": { requester: { role: "credit-user" } },
      "a source unit": { requester: { role: "source-unit" } },
    },
    refuses: { "an auditor": { requester: { role: "auditor" } } },
  },
  "items-in-scope": {
    code: "policy.item-out-of-scope",
    allows: { "an item of its scope": { requester: { scope: { items: ["penalty"], purposes: "all" } } } },
    refuses: {
      "an item beside its scope": { requester: { scope: { items: ["licence"], purposes: "all" } } },
      "any item when the scope is empty": { requester: { scope: { items: [], purposes: "all" } } },
      "one item of two": {
        requester: { scope: { items: ["penalty"], purposes: "all" } },
        items: [{}, { code: "licence" }],
        purpose: { items: ["penalty", "licence"] },
      },
    },
  },
  "class-disclosed": {
    code: "policy.class-not-disclosed",
    allows: {
      "a public item to anybody": { requester: { role: "credit-user" } },
      "a shared item to a role it is shared with": { items: [shared] },
    },
    refuses: {
      "a shared item to another role": { requester: { role: "credit-user" }, items: [shared] },
      "a shared item shared with nobody": { items: [{ ...shared, shareScope: [] }] },
    },
  },
  "purpose-live": {
    code: "policy.purpose-not-live",
    allows: {
      "a live purpose": { purpose: { status: "live" } },
      "the first day of its legal basis": { purpose: { validFrom: "2026-03-01" }, today: "2026-03-01" },
      "the last day of its legal basis": { purpose: { validUntil: "2026-03-01" }, today: "2026-03-01" },
    },
    refuses: {
      "a pending purpose": { purpose: { status: "pending" } },
      "the day before its legal basis": { purpose: { validFrom: "2026-03-01" }, today: "2026-02-28" },
      "the day after its legal basis": { purpose: { validUntil: "2026-03-01" }, today: "2026-03-02" },
    },
  },
  "registry-fresh": {
    code: "registry.expired",
    allows: {
      "a registry that is current": { purpose: { graceSeconds: 0 } },
      "one within the purpose's own grace": { purpose: { graceSeconds: 60 }, registryLate: 60 },
      "one within the registry's, for a purpose that says nothing": { registryLate: 86_400 },
    },
    refuses: {
      "one past the purpose's own grace": { purpose: { graceSeconds: 60 }, registryLate: 61 },
      "one past the registry's, whatever the purpose says": {
        purpose: { graceSeconds: 100_000 },
        registryLate: 86_401,
      },
    },
  },
  "purpose-granted": {
    code: "policy.purpose-not-granted",
    allows: {
      "a purpose it was granted": { requester: { scope: { items: "all", purposes: ["approval"] } } },
    },
    refuses: {
      "a purpose it was not granted": { requester: { scope: { items: "all", purposes: ["lending"] } } },
    },
  },
  "purpose-covers-items": {
    code: "policy.purpose-excludes-item",
    allows: { "an item of the purpose": { purpose: { items: ["licence", "penalty"] } } },
    refuses: {
      "an item beside the purpose": { purpose: { items: ["licence"] } },
      "one item of two": { items: [{}, { code: "licence" }] },
    },
  },
  "subject-kind-covered": {
    code: "policy.subject-kind-not-covered",
    allows: { "a kind both cover": { subjectKind: "individual" } },
    refuses: {
      "a kind the purpose does not cover": {
        subjectKind: "individual",
        purpose: { subjectKinds: ["enterprise"] },
      },
      "a kind an item does not cover": {
        subjectKind: "individual",
        items: [{ subjectKinds: ["enterprise"] }],
      },
    },
  },
  "purpose-covers-jurisdictions": {
    code: "policy.purpose-excludes-jurisdiction",
    allows: { "a jurisdiction of the purpose": { purpose: { jurisdictions: ["440306", "441900"] } } },
    refuses: {
      "a jurisdiction beside it": { purpose: { jurisdictions: ["441900"] } },
      "one jurisdiction of two": {
        purpose: { jurisdictions: ["440306"] },
        jurisdictions: ["440306", "441900"],
      },
    },
  },
  "agreement-in-force": {
    code: "policy.no-agreement",
    allows: { "places that the cities have agreed on": { jurisdictions: ["440306", "441900"] } },
    refuses: { "places that they have not": { agreed: false } },
  },
  "authorisation-given": {
    code: "policy.authorisation-required",
    allows: {
      "items and a purpose that need none": {},
      "an authorised-class item that the subject's authorisation covers": {
        items: [{ disclosure: "authorised" }],
        authorisation: { authorisation: testAuthorisation() },
      },
      "a purpose that needs one, with one": {
        purpose: { authorisation: true },
        authorisation: { authorisation: testAuthorisation() },
      },
      "an authorisation that is worth nothing where none is needed": {
        authorisation: { fault: { code: "authorisation.expired" } },
      },
    },
    refuses: {
      "an authorised-class item": { items: [{ disclosure: "authorised" }] },
      "a purpose that needs one whatever the item": { purpose: { authorisation: true } },
    },
  },
};

it("has cases for every rule of the chain and for no other", () => {
  expect(Object.keys(cases)).toEqual(federationRules.map(({ name }) => name));
});

describe.each(federationRules.map(({ name }) => name))("%s", (name) => {
  const own = cases[name];
  if (own === undefined) throw new Error(`no cases for ${name}`);

  it.each(Object.entries(own.allows))("lets through: %s", (_, change) => {
    expect(decide(federationRules, testDisclosure(change))).toEqual({ allowed: true });
  });

  it.each(Object.entries(own.refuses))("refuses: %s", (_, change) => {
    expect(decide(federationRules, testDisclosure(change))).toMatchObject({
      allowed: false,
      rule: name,
      fault: { code: own.code },
    });
  });
});

describe("authorisation-given, of an authorisation that is there", () => {
  const needing: TestDisclosure = { items: [{ disclosure: "authorised" }] };
  const twoItems: TestDisclosure = {
    items: [{}, { code: "licence" }],
    purpose: { items: ["penalty", "licence"], authorisation: true },
  };

  it.each<[string, TestDisclosure, Code]>([
    [
      "that does not count",
      { authorisation: { fault: { code: "authorisation.withdrawn" } } },
      "authorisation.withdrawn",
    ],
    [
      "for another member",
      { authorisation: { authorisation: testAuthorisation({ aud: "dg" }) } },
      "authorisation.for-another-member",
    ],
    [
      "for another purpose",
      { authorisation: { authorisation: testAuthorisation({ purpose: "lending" }) } },
      "authorisation.for-another-purpose",
    ],
    [
      "for one item of two, when the purpose needs one for every item",
      { ...twoItems, authorisation: { authorisation: testAuthorisation() } },
      "authorisation.excludes-item",
    ],
  ])("refuses one %s", (_what, change, code) => {
    expect(decide(federationRules, testDisclosure({ ...needing, ...change }))).toMatchObject({
      allowed: false,
      rule: "authorisation-given",
      fault: { code },
    });
  });

  it("asks for none for the public item beside one of the authorised class", () => {
    const authorisation = { authorisation: testAuthorisation() };
    const change = { ...twoItems, items: [{ disclosure: "authorised" }, { code: "licence" }], authorisation };
    const purpose = { items: ["penalty", "licence"] };
    expect(decide(federationRules, testDisclosure({ ...change, purpose }))).toEqual({ allowed: true });
  });
});
