import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedHub, openHub } from "@xinqiao/gateway";
import {
  createCompleting,
  createTurns,
  readChanges as handOn,
  noteCompared,
  takePage,
  tellDigests,
} from "@xinqiao/gateway/sharing";
import { type AgentStore, openStore } from "@xinqiao/node-agent";
import { reconcileCopies } from "@xinqiao/node-agent/copies";
import { publish, readChanges } from "@xinqiao/node-agent/sharing";
import { indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { copiesReportSchema, digestsRequestSchema } from "@xinqiao/protocol/digests";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { fieldReader, signResponse, verifyRequest } from "@xinqiao/protocol/signing";
import { packPage, publishSchema, readSchema, subscriptionSchema } from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNonce, testNow, testRecord } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SentToHub } from "./wire.ts";

const { directory, signer } = testFederation();
const [city, dg, baoan] = ["sz", "dg", "sz-baoan"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
];
const never = new AbortController().signal;
const today = () => "2026-01-01";
const catalogue = () => indexCatalogue({ classes: [], items: [testItem({})], purposes: [] });
const everything = subscriptionSchema.parse({ items: "all", jurisdictions: "all", subjectKinds: "all" });
const records = 300;

let folder: string;
let hub: OpenedHub;
let source: AgentStore;
let reader: AgentStore;
let entries: LogEntryDraft[];
let questions: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-copies-"));
  hub = openHub(join(folder, "sharing.db"));
  source = openStore(join(folder, "dg.db"));
  reader = openStore(join(folder, "baoan.db"));
  [entries, questions] = [[], []];
  const session = source.imports.start({
    file: "a.csv",
    sha256: "00",
    item: itemCodeSchema.parse("penalty"),
    startedAt: "2026-01-01T00:00:00Z",
  });
  session.take(Array.from({ length: records }, (_, at) => testRecord({ id: `penalty:${at}` })));
  session.close();
  await tell();
  await read();
});

afterEach(() => {
  for (const each of [hub, source, reader]) each.close();
  rmSync(folder, { recursive: true, force: true });
});

const log = {
  append: async (draft: LogEntryDraft) => {
    entries.push(draft);
    return ok({ index: 0, size: 0, root: "" });
  },
};

/** The gateway, without HTTP. */
async function answer(request: SentToHub): Promise<Result<object, unknown>> {
  const from = verifyRequest(request, request.body, { key: directory.key, self: city, now: testNow });
  if (!from.ok) return err(from.error);
  const { keyId, nonce, nonceExpiresAt: expiresAt, requestId } = from.value;
  const asked = {
    member: from.value.from.member,
    requestId,
    traceId: "0".repeat(32),
    claim: { keyId, nonce, expiresAt },
  };
  const common = { hub, log, directory: () => directory, catalogue, now: () => testNow, today };
  const completing = createCompleting({ ...common, self: city, signer: signer("sz") });
  const timeliness = { rules: [], days: { holidays: {}, workdays: {} } };
  const taking = {
    ...common,
    timeliness,
    completing,
    self: city,
    signer: signer("sz"),
    turns: createTurns(),
  };
  const body: unknown = JSON.parse(Buffer.from(request.body).toString());
  const { pathname } = new URL(request.path, "https://sz.example");
  questions.push(pathname);
  switch (pathname) {
    case "/v1/changes":
      return takePage(
        { page: publishSchema.parse(body), ...asked },
        { ...taking, dueOn: today, onTaken: () => undefined },
      );
    case "/v1/changes/read":
      return handOn(
        { read: readSchema.parse(body), gone: never, ...asked },
        { ...common, completing, pack: packPage, untilTaken: () => Promise.resolve() },
      );
    case "/v1/digests":
      return tellDigests({ wanted: digestsRequestSchema.parse(body), ...asked }, common);
    default:
      return noteCompared({ ...copiesReportSchema.parse(body), ...asked }, common);
  }
}

const call = (node: NodeId) => ({
  node,
  gateway: { node: city, origin: "https://sz.example" },
  directory: () => directory,
  signer: signer(node),
  async send(request: SentToHub) {
    const said = await answer(request);
    if (!said.ok) throw new Error(JSON.stringify(said.error));
    const body = Buffer.from(JSON.stringify(said.value));
    const sealing = { signer: signer("sz"), now: testNow, nonce: testNonce };
    const headers = await signResponse(
      { status: 200, body, contentType: "application/json", request },
      sealing,
    );
    return ok({ head: { status: 200, field: fieldReader(headers) }, body });
  },
  entropy: systemEntropy(),
  now: () => testNow,
});

const tell = () =>
  publish({ ...call(dg), catalogue, outbox: source.outbox, onTooLong: () => undefined }, never);
async function read(): Promise<void> {
  const deps = { ...call(baoan), catalogue, subscription: everything, onBroken: () => undefined };
  for (let more = true; more; ) {
    const received = await readChanges({ ...deps, inbox: reader.inbox }, never, 0);
    if (!received.ok) throw new Error("not read");
    more = received.value.more || received.value.pages > 0 || reader.inbox.standing().isReadAnew;
  }
}

async function reconcile(node: NodeId, settles = true) {
  const store = node === dg ? source : reader;
  questions = [];
  const reconciled = await reconcileCopies(
    {
      call: call(node),
      catalogue,
      digests: store.digests(node),
      outbox: store.outbox,
      inbox: store.inbox,
      takenBy: store.deliveries.takenBy,
      tells: node === dg,
      wants: node === dg ? null : everything,
      today,
      settled: async () => {
        if (!settles) return false;
        if (node === dg) await tell();
        else await read();
        return true;
      },
    },
    never,
  );
  if (!reconciled.ok) throw new Error(JSON.stringify(reconciled.error));
  return reconciled.value.rows;
}

function damage(file: string, sql: string): void {
  const database = new Database(join(folder, file));
  database.exec(sql);
  database.close();
}

const asked = (path: string) => questions.filter((each) => each === path).length;

describe("the city's copy of a source", () => {
  it("is proved equal with one question, and the log says so", async () => {
    expect(await reconcile(dg)).toMatchObject([
      { source: dg, item: "penalty", here: records, there: records, equal: true, actedUpon: null },
    ]);
    expect(asked("/v1/digests")).toBe(1);
    expect(entries.at(-1)).toMatchObject({
      kind: "copies.reconciled",
      actor: dg,
      compared: [{ source: dg, here: records, there: records, repaired: 0, equal: true }],
    });
    expect(JSON.stringify(entries)).not.toContain("penalty:");
  });

  it("is told again what it has lost and what was changed in it, and nothing else", async () => {
    damage(
      "sharing.db",
      `DELETE FROM held WHERE record = 'penalty:7';
       UPDATE change SET line = replace(line, '示例制造', '示例改动') WHERE line ->> '$.record.id' = 'penalty:8';
       UPDATE change SET line = '{' WHERE line ->> '$.record.id' = 'penalty:9';`,
    );
    expect(await reconcile(dg)).toMatchObject([
      {
        here: records,
        there: records - 2,
        onlyHere: 2,
        otherwise: 1,
        onlyThere: 0,
        repaired: 3,
        equal: true,
      },
    ]);
    expect(entries.filter(({ kind }) => kind === "changes.taken").at(-1)).toMatchObject({
      upTo: records + 3,
    });
    expect(await reconcile(dg)).toMatchObject([{ onlyHere: 0, otherwise: 0, equal: true }]);
  });

  it("takes a repair of what was damaged in it, whatever is left of the line", async () => {
    damage(
      "sharing.db",
      `UPDATE change SET line = '{' WHERE line ->> '$.record.id' = 'penalty:6';
       UPDATE change SET line = '{}' WHERE json_valid(line) AND line ->> '$.record.id' = 'penalty:7';`,
    );
    for (const id of ["penalty:6", "penalty:7"]) {
      source.own.correct(id, { state: "repaired" }, "2026-01-02T00:00:00Z");
    }
    await tell();
    expect(await reconcile(dg)).toMatchObject([{ here: records - 2, there: records - 2, equal: true }]);
  });

  it("is not repaired while what waits is not told yet", async () => {
    damage("sharing.db", "DELETE FROM held WHERE record = 'penalty:7'");
    expect(await reconcile(dg, false)).toMatchObject([{ onlyHere: 1, repaired: 0, equal: false }]);
    expect(await reconcile(dg)).toMatchObject([{ onlyHere: 1, repaired: 1, equal: true }]);
  });

  it("drops what its source has no more", async () => {
    damage("dg.db", "DELETE FROM record WHERE id = 'penalty:5'");
    expect(await reconcile(dg)).toMatchObject([{ onlyThere: 1, repaired: 1, equal: true }]);
    await read();
    expect(await reconcile(baoan)).toMatchObject([{ here: records - 1, there: records - 1, equal: true }]);
  });

  it("is not told to whom it is not for: digests are of what a reader may hold and wants", async () => {
    const narrow = { ...everything, subjectKinds: ["individual" as const] };
    const member = directory.member(baoan);
    if (member === undefined) throw new Error("no member");
    const group = hub.digests.groups()[0];
    await hub.digests.catchUp(today());
    const about = group ?? hub.digests.groups()[0];
    if (about === undefined) throw new Error("no group");
    const told = await tellDigests(
      {
        wanted: { subscription: narrow, ranges: [{ group: about, prefix: "" }] },
        member,
        requestId: "00000000-0000-4000-8000-000000000000",
        traceId: "0".repeat(32),
        claim: { keyId: "k", nonce: "n", expiresAt: testNow },
      },
      { hub, log, directory: () => directory, catalogue, today },
    );
    expect(told).toMatchObject({ ok: true, value: { ranges: [] } });
  });
});

it("is counted for the scorecard as it comes, with corrections by the month they were opened in", async () => {
  source.own.correct("penalty:4", { state: "repaired" }, "2026-01-02T00:00:00Z");
  await tell();
  const at = testNow / 1000;
  expect(hub.scores("2026-01", at, at + 1)).toMatchObject([
    {
      source: dg,
      month: "2026-01",
      told: records + 1,
      refused: 0,
      corrections: 1,
      completed: 0,
      hours: null,
    },
  ]);
  await read();
  expect(hub.scores("2026-01", at, at + 1)).toMatchObject([{ corrections: 1, completed: 1, hours: 0 }]);
  expect(hub.scores("2026-01", at + 1, at + 2)).toMatchObject([{ corrections: 0 }]);
  expect(hub.scores("2026-02", at, at + 1)).toEqual([]);
});

describe("a subscriber's copies", () => {
  it("are read anew when one is lost, one changed and one too many", async () => {
    damage(
      "baoan.db",
      `DELETE FROM copy WHERE record = 'penalty:1';
       UPDATE copy SET content = replace(content, '示例制造', '示例改动') WHERE record = 'penalty:2';
       INSERT INTO copy SELECT source, 'penalty:x', feed, seq, item, scheme, subject, state,
         replace(content, 'penalty:3', 'penalty:x'), round FROM copy WHERE record = 'penalty:3';`,
    );
    expect(await reconcile(baoan)).toMatchObject([
      { source: dg, onlyHere: 1, onlyThere: 1, otherwise: 1, repaired: 3, equal: true, received: records },
    ]);
    expect(await reconcile(baoan)).toMatchObject([{ here: records, there: records, equal: true }]);
  });

  it("hold nothing that has ended, and neither does what they are compared with", async () => {
    source.own.correct("penalty:4", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await tell();
    await read();
    expect(await reconcile(baoan)).toMatchObject([{ here: records - 1, there: records - 1, equal: true }]);
  });

  it("are told apart by whether the member's own platform has them as they are now", async () => {
    const named = { name: "platform", items: "all", target: "table" } as const;
    expect(await reconcile(baoan)).toMatchObject([{ here: records, actedUpon: null }]);
    reader.deliveries.choose([named]);
    const queue = reader.deliveries.queue(named.name);
    expect(await reconcile(baoan)).toMatchObject([{ here: records, actedUpon: 0 }]);
    const batch = queue.seal(today(), testNow);
    expect(batch?.changes).toHaveLength(records);
    queue.taken(batch?.mark ?? "", testNow);
    expect(await reconcile(baoan)).toMatchObject([{ here: records, actedUpon: records }]);
    source.own.correct("penalty:4", { state: "annotated", annotation: "异议处理中" }, "2026-01-02T00:00:00Z");
    source.own.correct("penalty:5", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await tell();
    await read();
    expect(await reconcile(baoan)).toMatchObject([
      { here: records - 1, applied: records + 2, actedUpon: records - 2 },
    ]);
  });
});
