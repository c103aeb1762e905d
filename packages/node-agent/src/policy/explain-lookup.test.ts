import {
  baseCatalogue,
  indexCatalogue,
  itemCodeSchema,
  purposeCodeSchema,
} from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, publicOf } from "@xinqiao/protocol/keys";
import { createDirectory } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { explainLookup, type HypotheticalLookup } from "./explain-lookup.ts";
import { ownRules } from "./node-rules.ts";

const key = () => ({ jwk: publicOf(generatePrivateJwk("ed25519")), notBefore: "2026-01-01T00:00:00Z" });
const created = createDirectory({
  version: 1,
  members: [
    testMember({ keys: [key()] }),
    testMember({ node: "sz-futian", status: "suspended", keys: [key()] }),
    testMember({ node: "dg", jurisdiction: "441900", endpoint: "https://dg.example", keys: [key()] }),
  ],
});
if (!created.ok) throw new Error(created.error.join());
const directory = created.value;

const own = ownRules({
  requesters: "all",
  purposes: "all",
  withheldItems: [itemCodeSchema.parse("penalty")],
});
const explained = (change: Partial<HypotheticalLookup> = {}) =>
  explainLookup(
    {
      requester: nodeIdSchema.parse("sz-baoan"),
      subjectKind: "enterprise",
      items: [itemCodeSchema.parse("registration")],
      purpose: purposeCodeSchema.parse("bid-review"),
      jurisdictions: "all",
      ...change,
    },
    {
      directory,
      catalogue: indexCatalogue(baseCatalogue()),
      today: "2026-03-01",
      now: 0,
      standing: () => "current",
    },
    own,
  );
const refusals = (change?: Partial<HypotheticalLookup>) =>
  explained(change).flatMap(({ rule, fault, by }) => (fault === undefined ? [] : [[rule, fault.code, by]]));

describe("explainLookup", () => {
  it("shows every step of a lookup that would be allowed, in the order of the decision", () => {
    const steps = explained();
    expect(steps.every(({ fault }) => fault === undefined)).toBe(true);
    expect(steps.map(({ rule }) => rule).slice(0, 6)).toEqual([
      "requester-known",
      "member-active",
      "role-may-ask",
      "catalogue-knows",
      "jurisdictions-answered",
      "items-in-scope",
    ]);
    expect(steps.at(-1)?.by).toBe("node");
  });

  it("shows more than the first objection, and whose each is", () => {
    expect(
      refusals({
        requester: nodeIdSchema.parse("sz-futian"),
        items: [itemCodeSchema.parse("penalty")],
        jurisdictions: [jurisdictionSchema.parse("110000")],
      }),
    ).toEqual([
      ["member-active", "policy.member-not-active", "federation"],
      ["jurisdictions-answered", "lookup.jurisdiction-unknown", "federation"],
      ["node-discloses-items", "policy.node-refuses-item", "node"],
    ]);
  });

  it("decides as if the subject had authorised it when told so, and about nothing else", () => {
    const loan = { purpose: purposeCodeSchema.parse("bank-loan-review") };
    const required = [["authorisation-given", "policy.authorisation-required", "federation"]];
    expect(refusals(loan)).toEqual(required);
    expect(refusals({ ...loan, authorised: true })).toEqual([]);
    expect(refusals({ ...loan, authorised: true, requester: nodeIdSchema.parse("sz-futian") })).toEqual([
      ["member-active", "policy.member-not-active", "federation"],
    ]);
  });

  it("stops where nothing is left to look at", () => {
    expect(explained({ requester: nodeIdSchema.parse("nobody") })).toHaveLength(1);
    expect(explained({ purpose: purposeCodeSchema.parse("curiosity") }).at(-1)).toMatchObject({
      rule: "catalogue-knows",
      fault: { code: "lookup.purpose-unknown" },
    });
  });
});
