import { type Item, itemSchema, type Purpose, purposeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema } from "../identity/index.ts";
import type { DisclosureRequest } from "../policy/index.ts";
import { type Member, memberSchema, registryStanding } from "../registry/index.ts";

const label = { zh: "示例", en: "Example" };

/** A public item that every kind of subject may have. */
export function testItem(change: object = {}): Item {
  return itemSchema.parse({
    code: "penalty",
    class: "行政管理",
    name: label,
    subjectKinds: ["enterprise", "individual", "public-institution", "social-organisation"],
    disclosure: "public",
    shareScope: [],
    retentionYears: 5,
    updateFrequency: "P1D",
    source: label,
    fields: [{ name: "CF_WSH", type: "text", required: true, label, masking: "none" }],
    columns: { subjectName: "CF_XDR_MC", documentNumber: "CF_WSH", occurredOn: "CF_JDRQ" },
    ...change,
  });
}

/** A live purpose without limits on where or about whom. */
export function testPurpose(change: object = {}): Purpose {
  return purposeSchema.parse({
    code: "approval",
    name: label,
    legalBasis: "示例条例第一条",
    items: ["penalty"],
    subjectKinds: ["enterprise", "individual", "public-institution", "social-organisation"],
    jurisdictions: "all",
    authorisation: false,
    status: "live",
    ...change,
  });
}

/** An active district that may ask everything for every purpose. */
export function testMember(change: object = {}): Member {
  return memberSchema.parse({
    node: "sz-baoan",
    name: label,
    role: "district",
    division: "440306",
    keys: [
      {
        jwk: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
        notBefore: "2026-01-01T00:00:00Z",
      },
    ],
    scope: { items: "all", purposes: "all" },
    status: "active",
    ...change,
  });
}

export interface TestDisclosure {
  readonly requester?: object;
  readonly items?: readonly object[];
  readonly purpose?: object;
  readonly subjectKind?: DisclosureRequest["subjectKind"];
  readonly jurisdictions?: readonly string[];
  readonly authorisation?: DisclosureRequest["authorisation"];
  /** Whether the cities have agreed. */
  readonly agreed?: boolean;
  readonly today?: string;
  /** Seconds that the registry held is past its end; its grace is a day. */
  readonly registryLate?: number;
}

/** A request every federation rule lets through, but for what is changed. */
export function testDisclosure(change: TestDisclosure = {}): DisclosureRequest {
  const { requester, items = [{}], purpose, subjectKind = "enterprise", jurisdictions = ["440306"] } = change;
  const { authorisation, agreed = true, today = "2026-03-01", registryLate = 0 } = change;
  return {
    requester: testMember(requester),
    items: items.map(testItem),
    purpose: testPurpose(purpose),
    subjectKind,
    jurisdictions: jurisdictions.map((jurisdiction) => jurisdictionSchema.parse(jurisdiction)),
    agreed: () => agreed,
    ...(authorisation !== undefined && { authorisation }),
    today,
    standing: (graceSeconds) =>
      registryStanding({ exp: 0, grace: 86_400 }, registryLate * 1000, graceSeconds),
  };
}
