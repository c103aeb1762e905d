import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Authorisation, PresentedAuthorisation } from "../authorisation/index.ts";
import { disclosureClasses, type Item, type Purpose } from "../catalogue/index.ts";
import { type Jurisdiction, jurisdictionSchema, nodeIdSchema, subjectKinds } from "../identity/index.ts";
import { fault } from "../problem/index.ts";
import { type Member, registryStanding, roles } from "../registry/index.ts";
import { testAuthorisation, testItem, testMember, testPurpose } from "../testing/index.ts";
import { type DisclosureRequest, decide, federationRules } from "./index.ts";

const runs = 100_000;
const patience = 60_000;

// Parsed once and varied from there: a hundred thousand requests are not parsed.
const items = ["a1", "b2", "c3", "d4"].map((code) => testItem({ code }));
const purposes = ["p1", "p2"].map((code) => testPurpose({ code }));
const places = ["440306", "441900", "qianhai"].map((text) => jurisdictionSchema.parse(text));
const member = testMember();
const statuses: readonly Member["status"][] = ["active", "pending", "suspended", "left"];

const today = "2026-03-01";
const registryGrace = 86_400;
/** Most purposes have no dates and no grace of their own. */
const conditions: readonly Pick<Purpose, "validFrom" | "validUntil" | "graceSeconds">[] = [
  ...Array.from({ length: 8 }, () => ({})),
  { validFrom: "2026-02-28", validUntil: "2026-03-02" },
  { validFrom: "2026-03-02" },
  { validUntil: "2026-02-28" },
  { graceSeconds: 0 },
  { graceSeconds: 60 },
  { graceSeconds: 200_000 },
];

const codes = fc.subarray(items.map(({ code }) => code));
const kinds = fc.subarray([...subjectKinds]);

const anyItem: fc.Arbitrary<Item> = fc
  .record({
    base: fc.constantFrom(...items),
    disclosure: fc.constantFrom(...disclosureClasses),
    shareScope: fc.subarray([...roles]),
    subjectKinds: kinds,
  })
  .map(({ base, ...change }) => ({ ...base, ...change }));

const anyPurpose: fc.Arbitrary<Purpose> = fc
  .record({
    base: fc.constantFrom(...purposes),
    items: codes,
    subjectKinds: kinds,
    jurisdictions: fc.oneof(fc.constant("all" as const), fc.subarray(places)),
    authorisation: fc.boolean(),
    status: fc.constantFrom("live" as const, "pending" as const),
    condition: fc.constantFrom(...conditions),
  })
  .map(({ base, condition, ...change }) => ({ ...base, ...condition, ...change }));

const anyMember: fc.Arbitrary<Member> = fc
  .record({
    role: fc.constantFrom(...roles),
    status: fc.oneof({ weight: 3, arbitrary: fc.constant("active" as const) }, fc.constantFrom(...statuses)),
    scope: fc.record({
      items: fc.oneof(fc.constant("all" as const), codes),
      purposes: fc.oneof(fc.constant("all" as const), fc.subarray(purposes.map(({ code }) => code))),
    }),
  })
  .map((change) => ({ ...member, ...change }));

const base = testAuthorisation();

/** Mostly the requester's own for one of the purposes and some items; or one that does not count, or none. */
const anyAuthorisation: fc.Arbitrary<Authorisation> = fc
  .record({
    aud: fc.constantFrom(member.node, member.node, member.node, nodeIdSchema.parse("dg")),
    purpose: fc.constantFrom(...purposes.map(({ code }) => code)),
    items: codes,
  })
  .map((change) => ({ ...base, ...change }));

const anyPresented: fc.Arbitrary<PresentedAuthorisation | undefined> = fc.oneof(
  { weight: 4, arbitrary: anyAuthorisation.map((authorisation) => ({ authorisation })) },
  anyAuthorisation.map((authorisation) => ({ authorisation, fault: fault("authorisation.withdrawn") })),
  fc.constantFrom(undefined, { fault: fault("authorisation.signature-invalid") }),
);

type AnyRequest = DisclosureRequest & {
  readonly registryLate: number;
  readonly agreedPlaces: readonly Jurisdiction[];
};

const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .record({
    requester: anyMember,
    subjectKind: fc.constantFrom(...subjectKinds),
    items: fc.uniqueArray(anyItem, { minLength: 1, maxLength: 3, selector: ({ code }) => code }),
    purpose: anyPurpose,
    jurisdictions: fc.subarray(places),
    authorisation: anyPresented,
    // Mostly everywhere, or hardly anything would be allowed.
    agreedPlaces: fc.oneof({ weight: 9, arbitrary: fc.constant(places) }, fc.subarray(places)),
    registryLate: fc.constantFrom(-3, -2, -1, 0, 30, 100, registryGrace + 1),
  })
  .map((request) => ({
    ...request,
    agreed: (place) => request.agreedPlaces.includes(place),
    today,
    standing: (graceSeconds) =>
      registryStanding({ exp: 0, grace: registryGrace }, request.registryLate * 1000, graceSeconds),
  }));

const allowed = (request: DisclosureRequest) => decide(federationRules, request).allowed;

/** Nothing else than an authorisation that counts, for this member, this purpose and this item. */
function isAuthorised({ code }: Item, { requester, purpose, authorisation }: DisclosureRequest): boolean {
  if (authorisation?.authorisation === undefined || authorisation.fault !== undefined) return false;
  const { aud, purpose: granted, items: covered } = authorisation.authorisation;
  return aud === requester.node && granted === purpose.code && covered.includes(code);
}

/** What the law asks of one item's disclosure, said without the rules and not in their order. */
function mayBeDisclosed(item: Item, request: AnyRequest): boolean {
  const { requester, purpose, subjectKind, jurisdictions, agreedPlaces } = request;
  const { validFrom = today, validUntil = today, graceSeconds = registryGrace } = purpose;
  const holds = <T>(listed: "all" | readonly T[], wanted: T) => listed === "all" || listed.includes(wanted);
  const byClass = {
    public: true,
    "government-shared": item.shareScope.includes(requester.role),
    authorised: isAuthorised(item, request),
  };
  return (
    byClass[item.disclosure] &&
    (!purpose.authorisation || isAuthorised(item, request)) &&
    purpose.status === "live" &&
    validFrom <= today &&
    today <= validUntil &&
    request.registryLate <= Math.min(graceSeconds, registryGrace) &&
    purpose.items.includes(item.code) &&
    purpose.subjectKinds.includes(subjectKind) &&
    item.subjectKinds.includes(subjectKind) &&
    jurisdictions.every((place) => holds(purpose.jurisdictions, place) && agreedPlaces.includes(place)) &&
    holds(requester.scope.items, item.code) &&
    holds(requester.scope.purposes, purpose.code) &&
    requester.status === "active" &&
    requester.role !== "auditor"
  );
}

describe("policy, whatever is asked", () => {
  it(
    "allows exactly what catalogue, purpose, scope and authorisation allow of every item",
    () => {
      let seen = 0;
      let authorised = 0;
      fc.assert(
        fc.property(anyRequest, (request) => {
          const decision = allowed(request);
          seen += decision ? 1 : 0;
          authorised += decision && request.purpose.authorisation ? 1 : 0;
          expect(decision).toBe(request.items.every((item) => mayBeDisclosed(item, request)));
        }),
        { numRuns: runs },
      );
      expect(seen, "requests that are allowed are among them").toBeGreaterThan(runs / 2_000);
      expect(authorised, "and some by an authorisation").toBeGreaterThan(0);
    },
    patience,
  );

  it(
    "never allows more for asking more, or for being granted less",
    () => {
      fc.assert(
        fc.property(anyRequest, anyItem, fc.nat(), (request, more, at) => {
          const refused = !allowed(request);
          const asksMore = { ...request, items: [...request.items, more] };
          const code = items[at % items.length]?.code;
          const lessPurpose = {
            ...request,
            purpose: { ...request.purpose, items: request.purpose.items.filter((item) => item !== code) },
          };
          const suspended = { ...request, requester: { ...request.requester, status: "suspended" as const } };
          const withdrawn = { ...request, authorisation: { fault: fault("authorisation.withdrawn") } };
          for (const narrower of [asksMore, lessPurpose, suspended, withdrawn]) {
            if (refused) expect(allowed(narrower)).toBe(false);
          }
        }),
        { numRuns: runs / 4 },
      );
    },
    patience,
  );
});
