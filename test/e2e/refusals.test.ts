import type { LogEntry } from "@xinqiao/protocol/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createParty,
  expectSigned,
  type FakeNode,
  type Party,
  type Prepared,
  placeNode,
  prepare,
  readLog,
  sampleLookup,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const asker = createParty({ node: "sz-baoan", role: "district" });
const other = createParty({ node: "sz-longgang", role: "district" });
const stranger = createParty({ node: "sz-baoan", role: "district" });
const retired = createParty({ node: "sz-nanshan", role: "district", notAfter: "2021-01-01T00:00:00.000Z" });
const suspended = createParty({ node: "sz-futian", role: "district", status: "suspended" });
const auditor = createParty({ node: "sz-audit", role: "auditor" });
let node: FakeNode;
let gateway: TestGateway;

beforeAll(async () => {
  const dg = await placeNode("dg", "441900");
  node = dg.fake;
  gateway = await startGateway([asker, other, retired, suspended, auditor, dg.party], {
    limits: {
      maxBodyBytes: 8_192,
      bodyTimeoutMs: 400,
      refusalsPerAddress: { requests: 1_000, perSeconds: 1 },
    },
  });
});

afterAll(async () => {
  await Promise.all([gateway.close(), node.close()]);
});

interface Case {
  readonly name: string;
  readonly prepare: () => Promise<Prepared>;
  readonly status: number;
  readonly code: string;
  readonly facts?: object;
}

const from = (party: Party, lookup: unknown = sampleLookup()) => prepare(party, gateway, lookup);

/** Signs, then changes what travels. */
const tampered = (change: (prepared: Prepared) => Partial<Prepared>) => async () => {
  const prepared = await from(asker);
  return { ...prepared, ...change(prepared) };
};

const withHeader = (name: string, edit: (value: string) => string) =>
  tampered(({ headers }) => ({ headers: { ...headers, [name]: edit(headers[name] ?? "") } }));

const without = (name: string) =>
  tampered(({ headers }) => {
    const { [name]: _gone, ...rest } = headers;
    return { headers: rest };
  });

const unauthenticated: readonly Case[] = [
  { name: "no signature", prepare: without("signature-input"), status: 401, code: "signature.missing" },
  {
    name: "wrong signature",
    prepare: withHeader("signature", () => `xinqiao=:${Buffer.alloc(64).toString("base64")}:`),
    status: 401,
    code: "signature.invalid",
  },
  { name: "no digest", prepare: without("content-digest"), status: 400, code: "digest.missing" },
  {
    name: "wrong digest",
    prepare: withHeader("content-digest", () => `sha-256=:${Buffer.alloc(32).toString("base64")}:`),
    status: 400,
    code: "digest.mismatch",
  },
  {
    name: "tampered body",
    prepare: tampered(({ body }) => ({ body: Buffer.from(body.toString().replace("penalty", "licence")) })),
    status: 400,
    code: "digest.mismatch",
  },
  {
    name: "tampered query",
    prepare: tampered(({ url }) => ({ url: `${url}?all=1` })),
    status: 400,
    code: "request.query-not-allowed",
  },
  {
    name: "signed for another path",
    prepare: () =>
      prepare(asker, gateway, sampleLookup(), { change: { targetUri: `${gateway.origin}/v1/other` } }),
    status: 401,
    code: "signature.invalid",
  },
  {
    name: "created in the future",
    prepare: () => prepare(asker, gateway, sampleLookup(), { now: Date.now() + 90_000 }),
    status: 401,
    code: "signature.created-in-future",
  },
  {
    name: "created in the past",
    prepare: () => prepare(asker, gateway, sampleLookup(), { now: Date.now() - 120_000 }),
    status: 401,
    code: "signature.expired",
  },
  {
    name: "valid for too long",
    prepare: withHeader("signature-input", (value) =>
      value.replace(/expires=(\d+)/, (_whole, expires) => `expires=${Number(expires) + 3_600}`),
    ),
    status: 401,
    code: "signature.lifetime",
  },
  { name: "unknown key", prepare: () => from(stranger), status: 401, code: "signature.key-unknown" },
  {
    name: "key of another member",
    prepare: () => prepare(other, gateway, sampleLookup(), { change: { from: asker.member.node } }),
    status: 401,
    code: "signature.key-of-another-member",
  },
  { name: "retired key", prepare: () => from(retired), status: 401, code: "signature.key-expired" },
  {
    name: "wrong recipient",
    prepare: () => prepare(asker, gateway, sampleLookup(), { change: { to: other.member.node } }),
    status: 401,
    code: "signature.recipient-mismatch",
  },
  {
    name: "missing component",
    prepare: withHeader("signature-input", (value) => value.replace(' "xinqiao-to"', "")),
    status: 401,
    code: "signature.component-missing",
  },
  {
    name: "duplicate component",
    prepare: withHeader("signature-input", (value) => value.replace('"@method"', '"@method" "@method"')),
    status: 401,
    code: "signature.component-duplicate",
  },
  {
    name: "oversized body",
    prepare: () => from(asker, sampleLookup({ caseReference: "x".repeat(10_000) })),
    status: 413,
    code: "request.body-too-large",
  },
  {
    name: "another media type",
    prepare: withHeader("content-type", () => "text/plain"),
    status: 415,
    code: "request.media-type",
  },
  {
    name: "a request id that is no UUID",
    prepare: withHeader("x-request-id", () => "1"),
    status: 400,
    code: "request.id-invalid",
  },
];

const authenticated: readonly Case[] = [
  { name: "bad JSON", prepare: () => from(asker, '{"subject":'), status: 400, code: "request.json-invalid" },
  {
    name: "unknown field",
    prepare: () => from(asker, sampleLookup({ colour: "red" })),
    status: 422,
    code: "request.field-unknown",
  },
  {
    name: "missing field",
    prepare: () => from(asker, sampleLookup({ purpose: undefined })),
    status: 422,
    code: "request.shape-invalid",
  },
  {
    name: "bad USCC",
    prepare: () =>
      from(
        asker,
        sampleLookup({ subject: { kind: "enterprise", scheme: "uscc", id: "123456789012345678" } }),
      ),
    status: 422,
    code: "lookup.subject-invalid",
  },
  {
    name: "unknown item",
    prepare: () => from(asker, sampleLookup({ items: ["horoscope"] })),
    status: 422,
    code: "lookup.item-unknown",
  },
  {
    name: "unknown purpose",
    prepare: () => from(asker, sampleLookup({ purpose: "curiosity" })),
    status: 422,
    code: "lookup.purpose-unknown",
  },
  {
    name: "unknown jurisdiction",
    prepare: () => from(asker, sampleLookup({ jurisdictions: ["441900", "110000"] })),
    status: 422,
    code: "lookup.jurisdiction-unknown",
  },
  { name: "suspended member", prepare: () => from(suspended), status: 403, code: "policy.member-not-active" },
  { name: "auditor asking", prepare: () => from(auditor), status: 403, code: "policy.role-not-allowed" },
  {
    name: "no authorisation",
    prepare: () => from(asker, sampleLookup({ items: ["tax-credit"], purpose: "bank-loan-review" })),
    status: 403,
    code: "policy.authorisation-required",
  },
  {
    name: "purpose not yet live",
    prepare: () => from(asker, sampleLookup({ items: ["red-list"], purpose: "honours-review" })),
    status: 403,
    code: "policy.purpose-not-live",
  },
];

/** A published example of a citizen's number, as somebody may type it into the wrong field. */
const typed = "440524188001010014";

const entriesOf = async (requestId: string): Promise<readonly LogEntry[]> =>
  (await readLog(gateway)).filter(({ exchange }) => exchange === requestId);

describe("a refused request", () => {
  it.each(unauthenticated)("$name: $code", async (example) => {
    const asked = node.asked;
    const before = (await readLog(gateway)).length;
    const prepared = await example.prepare();
    const sent = await send(prepared);
    expect(sent).toMatchObject({ status: example.status, code: example.code });
    expect(sent.headers["content-type"]).toBe("application/problem+json");
    expect(sent.headers.signature, "nobody is known to have asked").toBeUndefined();
    expect(node.asked, "nothing leaves").toBe(asked);
    const [entry, ...more] = (await readLog(gateway)).slice(before);
    expect(entry).toMatchObject({ kind: "request.refused", actor: null, code: example.code });
    expect(more).toEqual([]);
  });

  it.each(authenticated)("$name: $code, signed by the gateway", async (example) => {
    const asked = node.asked;
    const prepared = await example.prepare();
    const sent = await send(prepared);
    expect(sent).toMatchObject({ status: example.status, code: example.code });
    expectSigned(sent, prepared, gateway);
    expect(node.asked, "nothing leaves").toBe(asked);
    expect(await entriesOf(prepared.headers["x-request-id"] ?? "")).toMatchObject([
      { actor: prepared.outgoing.from, code: example.code },
    ]);
  });

  it("says how many seconds the clocks differ, and which way", async () => {
    const ahead = await send(await prepare(asker, gateway, sampleLookup(), { now: Date.now() + 90_000 }));
    expect(Number(ahead.facts?.skewSeconds)).toBeGreaterThan(85);
    const behind = await send(await prepare(asker, gateway, sampleLookup(), { now: Date.now() - 120_000 }));
    expect(Number(behind.facts?.skewSeconds)).toBeLessThan(-115);
  });

  it.each([
    ["as a subject", { subject: { kind: "enterprise", scheme: "uscc", id: typed.toUpperCase() } }],
    ["as a purpose", { purpose: typed }],
    ["as an item", { items: [`x${typed}`] }],
    ["as a class", { items: undefined, classes: [typed] }],
    ["as a jurisdiction", { jurisdictions: [typed.slice(0, 17)] }],
    ["as a case reference of a refused lookup", { caseReference: typed, purpose: "curiosity" }],
  ])(
    "keeps identifiers out of every log line and entry, wherever they were typed: %s",
    async (_where, change) => {
      const prepared = await from(asker, sampleLookup(change));
      const sent = await send(prepared);
      expect(sent.status).toBeGreaterThanOrEqual(400);
      const books = [sent.text, gateway.lines.join(""), JSON.stringify(await readLog(gateway))]
        .join("")
        .toLowerCase();
      expect(books).toContain(prepared.outgoing.requestId);
      expect(books).not.toContain(typed.slice(0, 17));
    },
  );

  it("keeps what a stranger calls itself out of the log", async () => {
    const prepared = await from(asker);
    await send({ ...prepared, headers: { ...prepared.headers, "xinqiao-from": `a${typed}` } });
    expect(await entriesOf(prepared.outgoing.requestId)).toMatchObject([{ claimed: null }]);
  });
});
