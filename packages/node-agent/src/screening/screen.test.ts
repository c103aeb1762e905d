import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexCatalogue, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { composeUscc, jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import { fault, problemMediaType, toProblem } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import type { whenAwayChoices } from "@xinqiao/protocol/screening";
import { changeSchema, feedIdSchema } from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNow, testPurpose, testRecord } from "@xinqiao/protocol/testing";
import { nextHop } from "@xinqiao/protocol/trace";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGatewayClient, type GatewayClient } from "../lookup/index.ts";
import type { ReadingScope } from "../sharing/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";
import { askedScreeningSchema, screen } from "./index.ts";

type WhenAway = (typeof whenAwayChoices)[number];

const { directory, signer } = testFederation();
const [city, dg, baoan] = ["sz", "dg", "sz-baoan"].map((node) => nodeIdSchema.parse(node));
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const never = new AbortController().signal;
const name = { zh: "取消评优资格", en: "No award" };
const catalogue = indexCatalogue({
  classes: [],
  items: [testItem()],
  purposes: [testPurpose({ measures: [{ item: "penalty", name, legalBasis: "示例条例第二条" }] })],
});
const { subject } = testRecord();
const unlisted = { ...subject, id: composeUscc({ division: "440300", serial: "MADEM10" }) };

const hour = 3_600_000;
const whole = { items: [testItem().code], jurisdictions: "all", subjectKinds: "all" } as const;

let folder: string;
let store: AgentStore;
let server: Server;
let client: GatewayClient;
/** So long that nothing here takes it. */
const ample = 30_000;
let deadlineMs: number;
let now: number;
/** What the gateway does with a question. */
let respond: (response: ServerResponse) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-agent-screening-"));
  store = openStore(join(folder, "store.db"));
  const place = { feed, upTo: 1, head: "A".repeat(43) };
  const change = changeSchema.parse({ seq: 1, salt: "A".repeat(22), record: testRecord() });
  const taken = { unwanted: [], refused: [], complete: true };
  if (baoan === undefined) throw new Error("no such member");
  store.inbox.position(whole, testNow);
  store.inbox.take({ ...taken, source: baoan, place, since: { position: 0, head: null }, changes: [change] });
  store.inbox.readTo({ position: 1, head: place.head }, true, testNow);
  now = testNow;
  deadlineMs = ample;
  server = createServer((_request, response) => respond(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  const origin = `http://127.0.0.1:${address.port}`;
  client = createGatewayClient({ origin, connections: 1, maxReplyBytes: 65_536 });
});

afterEach(async () => {
  await close();
  await client.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function close(): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function problem(code: "server.draining" | "screening.not-shared", status: number) {
  return (response: ServerResponse) => {
    response.writeHead(status, { "content-type": problemMediaType });
    response.end(JSON.stringify(toProblem(fault(code), { hop: "sz" })));
  };
}

const hung = (): void => undefined;

/** What is wrong with a gateway, what it does with a question (not there at all: nothing), and the code where nobody else is asked. */
const troubles: readonly (readonly [string, ((response: ServerResponse) => void) | undefined, string])[] = [
  ["refused", undefined, "gateway.unreachable"],
  ["left hanging", hung, "gateway.timeout"],
  ["answered with 503", problem("server.draining", 503), "server.draining"],
  [
    "answered with what is no answer",
    (response) => void response.writeHead(502).end("<html>"),
    "gateway.response-invalid",
  ],
];

async function screened(
  whenAway: WhenAway,
  own: { readonly deadlineMs?: number; readonly subjects?: readonly object[] } = {},
  known: Directory = directory,
) {
  if (dg === undefined || city === undefined) throw new Error("no such member");
  const entropy = systemEntropy();
  const call = {
    node: dg,
    gateway: { node: city, origin: "https://sz.example" },
    directory: () => known,
    signer: signer("dg"),
    send: client.send,
    entropy,
    now: () => now,
  };
  const asked = { purpose: "approval", subjects: [unlisted, subject], ...own };
  return screen(
    askedScreeningSchema.parse(asked),
    nextHop(undefined, entropy.hex),
    {
      call,
      inbox: store.inbox,
      catalogue: () => catalogue,
      standing: () => "current",
      today: () => "2026-03-01",
      identifierExceptions: new Set<string>(),
      whenAway,
      copiesForMs: hour,
      deadlineMs,
    },
    never,
  );
}

describe.each(troubles)("a screening that is %s by the gateway", (_trouble, response, code) => {
  beforeEach(async () => {
    if (response === undefined) await close();
    else respond = response;
    if (response === hung) deadlineMs = 100;
  });

  it("comes to nothing where the operator has chosen `hold`, and says why", async () => {
    const done = await screened("hold");
    if (done.ok) throw new Error("it came to something");
    const said = done.error.by === "agent" ? done.error.fault.code : done.error.problem.code;
    expect(said).toBe(code);
  });

  it("is answered by nobody where it has chosen `flag`: no hit is named, and nobody counts as screened", async () => {
    expect(await screened("flag")).toEqual({
      ok: true,
      value: { from: "nobody", screened: 0, hits: [], sources: [] },
    });
  });

  it("is answered from this member's own copies where it has chosen `copies`, which says so", async () => {
    expect(await screened("copies")).toMatchObject({
      ok: true,
      value: {
        from: "copies",
        screened: 2,
        hits: [{ subject: 1, source: "sz-baoan", items: ["penalty"], measures: [{ name }] }],
        sources: [{ node: "sz-baoan", asOf: new Date(testNow).toISOString() }],
      },
    });
  });
});

it("waits for the city as long as the platform says, where that says it", async () => {
  respond = hung;
  expect(await screened("flag", { deadlineMs: 100 })).toMatchObject({ ok: true, value: { from: "nobody" } });
});

it.each(["hold", "flag", "copies"] as const)(
  "a refusal is an answer, whatever the operator has chosen for a gateway that is away: %s",
  async (whenAway) => {
    respond = problem("screening.not-shared", 403);
    expect(await screened(whenAway)).toMatchObject({
      ok: false,
      error: { by: "gateway", problem: { code: "screening.not-shared" } },
    });
  },
);

describe("this member's own copies", () => {
  const who = directory.member(nodeIdSchema.parse("dg"));
  const source = directory.member(nodeIdSchema.parse("sz-baoan"));
  if (who === undefined || source === undefined) throw new Error("no such member");
  const { scope } = who;
  const asMember = (change: Partial<Member>): Directory => ({
    ...directory,
    member: () => ({ ...who, ...change }),
  });

  beforeEach(() => {
    respond = problem("server.draining", 503);
  });

  const purpose = purposeCodeSchema.parse("approval");
  const refusals: readonly (readonly [string, string, Partial<Member>])[] = [
    [
      "has a quota for the purpose",
      "screening.quota",
      { scope: { ...scope, quotas: [{ purpose, lookups: 1, per: "day" }] } },
    ],
    ["may hold no copy of the item any more", "screening.not-shared", { scope: { ...scope, items: [] } }],
    ["is no active member any more", "policy.member-not-active", { status: "suspended" }],
  ];

  it.each(refusals)("answer nothing, as the city would not, when it %s", async (_what, code, change) => {
    const done = await screened("copies", {}, asMember(change));
    expect(done).toMatchObject({ ok: false, error: { by: "agent", fault: { code } } });
  });

  it("answer nothing about what is no identifier, and say which it was", async () => {
    const subjects = [subject, { ...subject, id: "nonsense" }];
    expect(await screened("copies", { subjects })).toMatchObject({
      ok: false,
      error: { fault: { code: "screening.subject-invalid", facts: { subject: 1 } } },
    });
  });

  it.each([
    ["the cities have agreed on it no more", { ...directory, agreed: () => false }],
    [
      "its source is no active member any more",
      { ...directory, answering: () => ({ ...source, status: "suspended" as const }) },
    ],
  ])("name nobody where a lookup would not reach: %s", async (_what, known) => {
    expect(await screened("copies", {}, known)).toMatchObject({ ok: true, value: { screened: 2, hits: [] } });
  });

  const copied = async () => {
    const done = await screened("copies");
    if (done.ok) return done.value.from;
    return done.error.by === "gateway" ? done.error.problem.code : done.error.fault.code;
  };
  const elsewhere = jurisdictionSchema.parse("440307");
  const unwhole: readonly (readonly [string, () => void])[] = [
    ["do not have the item", () => reading({ ...whole, items: [] })],
    ["are not of every place", () => reading({ ...whole, jurisdictions: [elsewhere] })],
    ["are not of that kind of subject", () => reading({ ...whole, subjectKinds: ["individual"] })],
    ["are being read anew", () => store.inbox.readAnew()],
    ["are older than the operator has set", () => pass(hour + 1)],
    [
      "lack a page that could not be taken",
      () => {
        if (baoan === undefined) throw new Error("no such member");
        store.inbox.missed([{ source: baoan, forked: false }], now);
        pass(hour + 1);
        store.inbox.readTo({ position: 1, head: null }, true, now);
      },
    ],
  ];
  function pass(ms: number): void {
    now += ms;
  }
  /** All of it, and at its end. */
  function reading(scope: ReadingScope): void {
    store.inbox.position(scope, now);
    store.inbox.readTo({ position: 1, head: null }, true, now);
  }

  it.each(unwhole)(
    "answer as `hold` does when they %s: that nothing is found means nothing",
    async (_how, make) => {
      expect(await copied()).toBe("copies");
      make();
      expect(await copied()).toBe("server.draining");
    },
  );

  it("answer with what was held of a source that is being read again, for it has another past", async () => {
    if (baoan === undefined) throw new Error("no such member");
    store.inbox.missed([{ source: baoan, forked: true }], now);
    pass(5 * 60_000);
    store.inbox.position(whole, now);
    expect(await screened("copies")).toMatchObject({ value: { hits: [{ source: "sz-baoan" }] } });
  });

  it("answer nothing before all was read for the first time", async () => {
    store.close();
    store = openStore(join(folder, "another.db"));
    expect(await copied(), "no question was asked yet").toBe("server.draining");
    store.inbox.position(whole, now);
    store.inbox.readTo({ position: 1, head: null }, false, now);
    expect(await copied()).toBe("server.draining");
    store.inbox.readTo({ position: 2, head: null }, true, now);
    expect(await copied()).toBe("copies");
  });
});
