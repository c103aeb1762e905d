import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import { fault, toProblem } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok } from "@xinqiao/protocol/result";
import { fieldReader, signResponse } from "@xinqiao/protocol/signing";
import {
  changeLine,
  type Delivery,
  feedIdSchema,
  headHash,
  lineHash,
  type OpenedPage,
  openPage,
  openReceipt,
  type PackedPage,
  type PageHead,
  packPage,
  publishSchema,
  type ReadRequest,
  type RefusedChange,
  readSchema,
  signPageHead,
  signReceipt,
  subscriptionSchema,
  unpackPage,
} from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNonce, testNow, testRecord } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SendToGateway } from "../lookup/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";
import { openSharing, publish, readChanges } from "./index.ts";

const { directory, signer } = testFederation();
const city = nodeIdSchema.parse("sz");
const dg = nodeIdSchema.parse("dg");
const hz = nodeIdSchema.parse("hz");
const baoan = nodeIdSchema.parse("sz-baoan");
const firstFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const secondFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f61");
const never = new AbortController().signal;
const hour = 3_600_000;
const listing = (...items: readonly object[]): Catalogue =>
  indexCatalogue({ classes: [], items: items.map((item) => testItem(item)), purposes: [] });

type Answer = { readonly body: object; readonly status?: number } | "unreachable";

let folder: string;
let store: AgentStore;
let catalogue: Catalogue;
let known: Directory;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-agent-sharing-"));
  store = openStore(join(folder, "store.db"));
  catalogue = listing({});
  now = testNow;
  known = directory;
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The gateway, as far as this member hears it. */
function gateway(answer: (body: unknown) => Promise<Answer>): SendToGateway {
  return async (request) => {
    const said = await answer(JSON.parse(Buffer.from(request.body).toString()));
    if (said === "unreachable") return err(fault("gateway.unreachable"));
    const body = Buffer.from(JSON.stringify(said.body));
    const { status = 200 } = said;
    const sealing = { signer: signer("sz"), now, nonce: testNonce };
    const headers = await signResponse({ status, body, contentType: "application/json", request }, sealing);
    return ok({ head: { status, field: fieldReader(headers) }, body });
  };
}

const call = (node: typeof dg, send: SendToGateway) => ({
  node,
  gateway: { node: city, origin: "https://sz.example" },
  directory: () => known,
  signer: signer(node),
  send,
  entropy: systemEntropy(),
  // Requests are signed at one time, whatever the clock of what is shared says.
  now: () => now,
  catalogue: () => catalogue,
});

describe("what a source tells", () => {
  const tooLong = { CF_WSH: "x".repeat(300_000) };
  let aside: string[];
  let pages: OpenedPage[];

  beforeEach(() => {
    aside = [];
    pages = [];
  });

  function put(...records: readonly CreditRecord[]): void {
    const session = store.imports.start({
      file: "a.csv",
      sha256: "00",
      item: itemCodeSchema.parse("penalty"),
      startedAt: "2026-01-01T00:00:00Z",
    });
    session.take(records);
    session.close();
  }

  async function receiptFor(body: unknown, refused: RefusedChange[] = []): Promise<Answer> {
    const page = unpackPage(publishSchema.parse(body));
    const opened = page && openPage(page, dg, directory);
    if (!opened?.ok) throw new Error("no page");
    pages.push(opened.value);
    const { feed, last: upTo, hash: head } = opened.value;
    const receipt = { iss: city, source: dg, feed, upTo, head, iat: now / 1000, refused };
    return { body: { receipt: await signReceipt(receipt, signer("sz")) } };
  }

  const tell = (answer: (body: unknown) => Promise<Answer> = receiptFor) =>
    publish(
      {
        ...call(dg, gateway(answer)),
        outbox: store.outbox,
        onSetAside: (...why) => aside.push(why.join(" ")),
        keptBack: () => [],
      },
      never,
    );
  const toldIds = () => pages.flatMap(({ changes }) => changes.map((change) => change?.record.id));

  /** Tells nothing, until the gateway has heard something. */
  async function tellNothing(): Promise<void> {
    const heard = Promise.withResolvers<void>();
    const answer = async (body: unknown) => {
      const receipt = await receiptFor(body);
      heard.resolve();
      return receipt;
    };
    const ignored = () => undefined;
    const events = {
      ...{ published: ignored, received: ignored, brokenPage: ignored, setAside: ignored },
      ...{ sharingFault: ignored, failed: (error: unknown) => heard.reject(error) },
    };
    const { outbox, inbox } = store;
    const deps = { ...call(dg, gateway(answer)), outbox, inbox, keptBack: () => [], events };
    const stop = openSharing({ publish: false }, deps);
    if (outbox.hasBegun()) await heard.promise;
    await stop();
  }

  it("is taken back, with a page of nothing, by who tells nothing any more; who never has says nothing", async () => {
    await tellNothing();
    expect(store.outbox.hasBegun()).toBe(false);
    put(testRecord());
    await tell();
    await tellNothing();
    expect(pages).toMatchObject([
      { from: 1, last: 1 },
      { from: 1, last: 0, prev: null, hashes: [], complete: true },
    ]);
    expect(pages[1]?.feed).not.toBe(pages[0]?.feed);
  });

  it("is said to fail, once, also where this member's own program does", async () => {
    put(testRecord());
    const tries = Promise.withResolvers<void>();
    const told: unknown[] = [];
    let failures = 0;
    const ignored = () => undefined;
    const events = {
      ...{ published: ignored, received: ignored, brokenPage: ignored, setAside: ignored },
      sharingFault: (...fault: readonly unknown[]) => told.push(fault),
      failed() {
        failures += 1;
        if (failures === 2) tries.resolve();
      },
    };
    const outbox = {
      ...store.outbox,
      waiting() {
        throw new Error("of its own");
      },
    };
    const by = call(
      dg,
      gateway(async () => "unreachable"),
    );
    const stop = openSharing(
      { publish: true },
      { ...by, outbox, inbox: store.inbox, keptBack: () => [], events },
    );
    await tries.promise;
    await stop();
    expect(told).toEqual([["publish", { by: "agent", fault: { code: "server.internal" } }]]);
  });

  it("begins behind the page of nothing that said it had nothing", async () => {
    expect(await tell(), "an empty store may be a lost one").toEqual(
      ok({ pages: 0, changes: 0, refused: 0 }),
    );
    const record = testRecord();
    put(record);
    store.outbox.choose([itemCodeSchema.parse("licence")], feedIdSchema.parse(systemEntropy().uuid()));
    expect(await tell()).toEqual(ok({ pages: 1, changes: 0, refused: 0 }));
    expect(await tell(), "once").toEqual(ok({ pages: 0, changes: 0, refused: 0 }));
    store.outbox.requeue([record.id]);
    await tell();
    expect(pages).toMatchObject([{ last: 0 }, { from: 1, last: 1, prev: pages[0]?.hash, complete: true }]);
  });

  it("is what changed, once, in a chain of pages", async () => {
    put(testRecord({ id: "penalty:1" }), testRecord({ id: "penalty:2" }));
    expect(await tell()).toEqual(ok({ pages: 1, changes: 2, refused: 0 }));
    store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
    expect(await tell()).toEqual(ok({ pages: 1, changes: 1, refused: 0 }));
    expect(await tell()).toEqual(ok({ pages: 0, changes: 0, refused: 0 }));
    expect(pages).toMatchObject([
      { from: 1, last: 2, complete: true },
      { from: 3, last: 3, prev: pages[0]?.hash },
    ]);
  });

  it("is not answered with where the city knows that it is gone, until it has taken a higher version", async () => {
    const [id, other] = ["penalty:1", "penalty:2"];
    put(testRecord({ id }), testRecord({ id: other }));
    const { item, subject } = testRecord();
    const answered = () => store.find(subject, [item]).records.map((record) => [record.id, record.version]);
    const gone = (seq: number) => (body: unknown) => receiptFor(body, [{ seq, code: "sync.record-gone" }]);
    await tell(gone(1));
    expect(answered()).toEqual([[other, 1]]);
    store.outbox.requeue([id]);
    await tell(async () => "unreachable");
    expect(answered(), "while it is told again").toEqual([[other, 1]]);
    store.outbox.beginAnew(feedIdSchema.parse(systemEntropy().uuid()));
    await tell(gone(1));
    expect(answered(), "in another feed").toEqual([[other, 1]]);
    store.own.correct(id, { state: "withdrawn" }, "2026-01-02T00:00:00Z");
    await tell();
    store.own.correct(id, { state: "current" }, "2026-01-03T00:00:00Z");
    expect(answered(), "that it is gone was taken, and nothing else").toEqual([[other, 1]]);
    await tell((body) => receiptFor(body, [{ seq: 4, code: "sync.record-invalid" }]));
    expect(answered(), "refused for something else").toEqual([[other, 1]]);
    store.own.correct(id, { state: "annotated", annotation: "示例" }, "2026-01-04T00:00:00Z");
    await tell();
    expect(answered().sort()).toEqual([
      [id, 4],
      [other, 1],
    ]);
  });

  it("is known to be refused until it is told again: when it has changed, or the gateway asks for it", async () => {
    put(testRecord({ id: "penalty:1", fields: {} }), testRecord({ id: "penalty:2" }));
    const refusing = (body: unknown) => receiptFor(body, [{ seq: 1, code: "sync.record-invalid" }]);
    expect(await tell(refusing)).toEqual(ok({ pages: 1, changes: 2, refused: 1 }));
    expect(store.outbox.refused(9)).toEqual([
      { record: "penalty:1", version: 1, code: "sync.record-invalid", at: now },
    ]);
    expect(["penalty:1", "penalty:2"].map(store.outbox.isRefused)).toEqual([true, false]);
    now += 3_600_000;
    let asked = false;
    await tell(async (body) => {
      const answer = await receiptFor(body);
      if (asked || answer === "unreachable") return answer;
      asked = true;
      return { body: { ...answer.body, again: ["penalty:1", "penalty:gone"] } };
    });
    expect(pages.at(-1)).toMatchObject({ from: 3, changes: [{ record: { id: "penalty:1", version: 1 } }] });
    expect(store.outbox.refused(9)).toEqual([]);
    store.own.correct("penalty:2", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await tell((body) => receiptFor(body, [{ seq: 4, code: "sync.record-invalid" }]));
    expect(store.outbox.isRefused("penalty:2")).toBe(true);
    store.own.correct("penalty:2", { state: "current" }, "2026-01-03T00:00:00Z");
    expect(store.outbox.isRefused("penalty:2"), "that was another version").toBe(false);
  });

  it("leaves out a record too long for a page, and tells it again once it is not", async () => {
    put(testRecord({ id: "penalty:1", fields: tooLong }), testRecord({ id: "penalty:2" }));
    await tell();
    expect([aside, toldIds()]).toEqual([["penalty too-long"], ["penalty:2"]]);
    expect(pages[0]?.complete).toBe(true);
    await tell();
    expect(aside, "not looked at over and over").toHaveLength(1);
    store.own.correct("penalty:1", { state: "withdrawn" }, "2026-01-02T00:00:00Z");
    await tell();
    expect(toldIds()).toEqual(["penalty:2", "penalty:1"]);
  });

  it("leaves out a record that cannot be read, and nothing else; it is told again once it was corrected", async () => {
    put(testRecord({ id: "penalty:1" }), testRecord({ id: "penalty:2" }));
    const { item, subject } = testRecord();
    const text = "示".repeat(401);
    const annotated = { state: "annotated", annotation: text } as const;
    expect(store.own.correct("penalty:1", annotated, "2026-01-02T00:00:00Z")).toEqual(
      err("annotation-too-long"),
    );
    expect(store.own.standing("penalty:1")).toEqual({ state: "current" });
    // As an earlier version let it be written.
    const database = new Database(join(folder, "store.db"));
    database
      .prepare("UPDATE record SET state = 'annotated', annotation = ? WHERE id = 'penalty:1'")
      .run(text);
    database.close();
    expect(await tell()).toEqual(ok({ pages: 1, changes: 1, refused: 0 }));
    expect([aside, toldIds()]).toEqual([["penalty unreadable"], ["penalty:2"]]);
    expect(store.find(subject, [item])).toMatchObject({ records: [{ id: "penalty:2" }], gaps: [item] });
    expect(store.own.byId("penalty:1")).toBeUndefined();
    expect(store.own.standing("penalty:1")).toEqual(annotated);
    expect(store.own.correct("penalty:1", { state: "current" }, "2026-01-03T00:00:00Z")).toEqual(
      ok({ version: 2 }),
    );
    await tell();
    expect(toldIds()).toEqual(["penalty:2", "penalty:1"]);
    expect(store.find(subject, [item])).toMatchObject({ gaps: [] });
  });

  it("keeps back what is of an item that the catalogue does not list, until it does; not what is disclosed no more", async () => {
    catalogue = listing();
    put(testRecord({ id: "penalty:1" }), testRecord({ id: "penalty:2" }));
    store.own.correct("penalty:2", { state: "withdrawn" }, "2026-01-02T00:00:00Z");
    await tell();
    expect(toldIds()).toEqual(["penalty:2"]);
    catalogue = listing({});
    await tell();
    expect(toldIds()).toEqual(["penalty:2", "penalty:1"]);
  });

  it("is nothing of an item that the subject must authorise, not even that a record is repaired; what was told before is taken back", async () => {
    put(testRecord({ id: "penalty:1" }), testRecord({ id: "licence:1", item: "licence" }));
    catalogue = listing({}, { code: "licence" });
    await tell();
    catalogue = listing({ disclosure: "authorised", shareScope: ["district"] }, { code: "licence" });
    await tell();
    expect(pages[1]).toMatchObject({ from: 1, complete: true, changes: [{ record: { id: "licence:1" } }] });
    expect(pages[1]?.feed).not.toBe(pages[0]?.feed);
    put(testRecord({ id: "penalty:2" }));
    store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
    expect(await tell(), "once").toEqual(ok({ pages: 0, changes: 0, refused: 0 }));
    catalogue = listing({}, { code: "licence" });
    await tell();
    expect(toldIds().slice(-2).sort(), "listed otherwise again").toEqual(["penalty:1", "penalty:2"]);
  });

  it("is nothing of an item that comes to be for the subject to authorise while its records are queued", async () => {
    put(testRecord());
    store.outbox.choose("all", firstFeed);
    const queueSome = () => {
      const isAny = store.outbox.queueSome();
      catalogue = listing({ disclosure: "authorised" });
      return isAny;
    };
    const outbox = { ...store.outbox, queueSome };
    const deps = {
      ...call(dg, gateway(receiptFor)),
      outbox,
      onSetAside: () => undefined,
      keptBack: () => [],
    };
    expect(await publish(deps, never)).toMatchObject({ ok: true });
    expect(toldIds()).toEqual([]);
  });

  it("stays nothing of an item that the subject had to authorise when the catalogue lists it no more", async () => {
    catalogue = listing({ disclosure: "authorised" }, { code: "licence" });
    put(testRecord({ id: "penalty:1" }), testRecord({ id: "licence:1", item: "licence" }));
    store.own.correct("penalty:1", { state: "withdrawn" }, "2026-01-02T00:00:00Z");
    await tell();
    catalogue = listing({ code: "licence" });
    await tell();
    store.own.correct("penalty:1", { state: "repaired" }, "2026-01-03T00:00:00Z");
    await tell();
    expect(toldIds()).toEqual(["licence:1"]);
  });

  it("is taken back when it was told by a version that told all, and is not told anew where nothing can have been", async () => {
    catalogue = listing({ disclosure: "authorised" }, { code: "licence" });
    put(testRecord({ id: "penalty:1" }));
    store.outbox.beginAnew(firstFeed);
    await tell();
    expect(pages).toMatchObject([{ from: 1, last: 0, complete: true }]);
    expect(pages[0]?.feed).not.toBe(firstFeed);
    const { id } = store.outbox.feed();
    catalogue = listing({ disclosure: "authorised" }, { code: "licence", disclosure: "authorised" });
    await tell();
    expect(store.outbox.feed().id, "no licence was there").toBe(id);
  });

  it("tells again what the gateway's catalogue did not list, not at once", async () => {
    put(testRecord({ id: "penalty:1" }));
    const refusing = (body: unknown) => receiptFor(body, [{ seq: 1, code: "sync.item-unknown" }]);
    expect(await tell(refusing)).toMatchObject({ error: { fault: { code: "sync.item-unknown" } } });
    expect(toldIds()).toHaveLength(1);
    catalogue = listing();
    expect(await tell(), "listed nowhere").toEqual(ok({ pages: 0, changes: 0, refused: 0 }));
    catalogue = listing({});
    await tell();
    expect(toldIds()).toEqual(["penalty:1", "penalty:1"]);
  });

  it("is told again, all of it, in another feed to a gateway that has another past; once in a while", async () => {
    put(testRecord({ id: "penalty:1" }));
    await tell();
    put(testRecord({ id: "penalty:2" }));
    const lost = async () => ({ body: {} });
    expect(await tell(lost)).toMatchObject({ error: { fault: { code: "gateway.response-invalid" } } });
    await tell();
    expect(new Set(pages.map(({ feed }) => feed)).size).toBe(2);
    expect(pages.at(-1)).toMatchObject({ from: 1, last: 2, prev: null });
  });

  it("is told in another feed when the gateway cannot open a page that was signed before", async () => {
    put(testRecord({ id: "penalty:1" }));
    let refused = 0;
    await tell(async (body) => {
      if (refused++ > 0) return receiptFor(body);
      return {
        status: 400,
        body: toProblem(fault("sync.page-invalid"), { hop: city, traceId: "1".repeat(32) }),
      };
    });
    expect(pages).toMatchObject([{ from: 1 }]);
    expect(store.outbox.unsent()).toBeUndefined();
  });

  it("is made sure of every hour: a gateway that was put back has it all told again, though nothing has changed", async () => {
    put(testRecord({ id: "penalty:1" }));
    await tell();
    await tell();
    expect(pages).toHaveLength(1);
    now += hour;
    expect(await tell(), "it has it").toEqual(ok({ pages: 0, changes: 0, refused: 0 }));
    expect(pages.map(({ hash }) => hash)).toEqual([pages[0]?.hash, pages[0]?.hash]);
    now += hour;
    let lost = 0;
    await tell(async (body) => (lost++ === 0 ? { body: {} } : receiptFor(body)));
    expect(pages[2]).toMatchObject({ from: 1, changes: [{ record: { id: "penalty:1" } }] });
    expect(pages[2]?.feed).not.toBe(pages[0]?.feed);
  });
});

interface TestPage {
  readonly source: typeof dg;
  readonly head: string;
  readonly lines: string;
}

describe("what a reader takes", () => {
  const all = subscriptionSchema.parse({ items: "all", jurisdictions: "all", subjectKinds: "all" });
  let asked: ReadRequest[];
  let broken: string[];
  let subscription = all;

  beforeEach(() => {
    asked = [];
    broken = [];
    subscription = all;
  });

  async function pageOf(
    records: readonly CreditRecord[],
    { by = dg, ...change }: Partial<PageHead> & { readonly by?: typeof dg } = {},
  ): Promise<TestPage> {
    const { from = 1 } = change;
    const lines = records.map((record, at) => changeLine(from + at, Buffer.alloc(16, at), record));
    const head = {
      iss: by,
      feed: firstFeed,
      iat: testNow / 1000,
      from,
      prev: null,
      hashes: lines.map(lineHash),
      complete: true,
      ...change,
    };
    return { source: by, ...packPage({ head: await signPageHead(head, signer(by)), lines }) };
  }
  const following = (page: PackedPage, from: number) => ({ from, prev: headHash(page.head) });

  const read = (pages: readonly TestPage[], change: Partial<Delivery> = {}) =>
    readFrom(async (body) => {
      asked.push(readSchema.parse(body));
      const position = (asked.at(-1)?.after ?? 0) + pages.length;
      return { body: { position, newest: position, scope: lineHash("scope"), pages, ...change } };
    });
  const readFrom = (answer: (body: unknown) => Promise<Answer>) =>
    readChanges(
      {
        ...call(baoan, gateway(answer)),
        inbox: store.inbox,
        subscription,
        onBroken: (source, { detail = "" }) => broken.push(`${source} ${detail}`),
      },
      never,
      0,
    );

  const penalty = itemCodeSchema.parse("penalty");
  const licence = itemCodeSchema.parse("licence");
  const { subject } = testRecord();
  const held = () =>
    store.inbox
      .of(subject, [penalty, licence])
      .map(({ source, record }) => `${source} ${record.id} ${record.version}`)
      .sort();
  const receipts = () =>
    asked.at(-1)?.receipts.map((text) => {
      const receipt = openReceipt(text, baoan, directory);
      return `${receipt?.source} ${receipt?.upTo}`;
    });

  const one = testRecord({ id: "penalty:1" });
  const two = testRecord({ id: "penalty:2" });
  const ofHz = testRecord({ id: "penalty:1", jurisdiction: "441300" });

  it("is receipted with the next question, and goes on from there", async () => {
    const first = await pageOf([one]);
    await read([first]);
    await read([]);
    expect(asked.at(-1)).toMatchObject({ after: 1, head: headHash(first.head) });
    expect(receipts()).toEqual(["dg 1"]);
    await read([]);
    expect(receipts()).toEqual([]);
    now += hour;
    await read([]);
    expect(receipts(), "the gateway may have been put back to before").toEqual(["dg 1"]);
  });

  it("is told which of it is in dispute, all at once in place of what it knew, and says what it knows", async () => {
    const first = await pageOf([one, two]);
    const dispute = {
      source: dg,
      record: one.id,
      kind: "objection" as const,
      since: "2026-01-01T00:00:00.000Z",
    };
    const [tag, none] = [lineHash("some"), lineHash("none")];
    const disputed = () => store.inbox.of(subject, [penalty]).map((copy) => copy.disputes?.length ?? 0);
    await read([first], { disputed: { tag, records: [dispute] } });
    expect(disputed()).toEqual([1, 0]);
    await read([]);
    expect([asked[0]?.disputed, asked[1]?.disputed]).toEqual([null, tag]);
    expect(disputed(), "nothing has changed").toEqual([1, 0]);
    await read([], { disputed: { tag: none, records: [] } });
    expect(disputed()).toEqual([0, 0]);
  });

  it("leaves out a broken page and what follows it of that source, and reads them again after a while", async () => {
    const first = await pageOf([one]);
    const second = await pageOf([two], following(first, 2));
    const other = await pageOf([ofHz], { by: hz });
    await read([first]);
    await read([{ ...second, lines: packPage({ head: "", lines: ["{}"] }).lines }, other]);
    const third = await pageOf([testRecord({ id: "penalty:3" })], following(second, 3));
    await read([third]);
    expect(held()).toEqual(["dg penalty:1 1", "hz penalty:1 1"]);
    expect(broken).toEqual(["dg a line is not the one that was signed", "dg ahead"]);
    await read([]);
    expect(receipts()).toEqual([]);
    now += 5 * 60_000;
    await read([first, second, other, third]);
    expect(asked.at(-1)).toMatchObject({ after: 0 });
    expect(held()).toEqual(["dg penalty:1 1", "dg penalty:2 1", "dg penalty:3 1", "hz penalty:1 1"]);
    now += 5 * 60_000;
    await read([]);
    expect(asked.at(-1), "once").toMatchObject({ after: 4 });
  });

  it("keeps what it has of a source of which a page is broken while all is read anew, without a receipt, and drops what does not come again once it was read", async () => {
    const first = await pageOf([one, two]);
    const second = await pageOf([testRecord({ id: "penalty:3" })], following(first, 3));
    const other = await pageOf([ofHz], { by: hz });
    await read([first, second, other]);
    store.inbox.readAnew();
    const torn = { ...first, lines: packPage({ head: "", lines: ["{}", "{}"] }).lines };
    await read([torn, second, other]);
    const all = ["dg penalty:1 1", "dg penalty:2 1", "dg penalty:3 1", "hz penalty:1 1"];
    expect(held()).toEqual(all);
    await read([]);
    expect(receipts()).toEqual(["hz 1"]);
    now += 5 * 60_000;
    const [, line = null] = unpackPage(first)?.lines ?? [];
    await read([{ ...first, ...packPage({ head: first.head, lines: [null, line] }) }, second, other]);
    expect(held(), "the first is not for this member any more").toEqual(all.slice(1));
    await read([]);
    expect(receipts()).toEqual(["dg 3"]);
  });

  it("forgets a source that has another past than the one taken, and reads that from its beginning", async () => {
    const first = await pageOf([one]);
    const second = await pageOf([two], following(first, 2));
    const other = await pageOf([ofHz], { by: hz });
    await read([first, second, other]);
    const forked = await pageOf([testRecord({ id: "penalty:3" })], {
      ...following(first, 2),
      iat: testNow / 1000 - 1,
    });
    await read([forked]);
    expect(broken).toEqual(["dg forked"]);
    now += 5 * 60_000;
    await readFrom(async () => "unreachable");
    expect(held(), "nobody takes it for one that tells nothing").toEqual([
      "dg penalty:1 1",
      "dg penalty:2 1",
      "hz penalty:1 1",
    ]);
    await read([first, forked, other]);
    expect(asked.at(-1)).toMatchObject({ after: 0, head: null });
    expect(held()).toEqual(["dg penalty:1 1", "dg penalty:3 1", "hz penalty:1 1"]);
    await read([]);
    expect(receipts()).toContain("dg 2");
  });

  it("is not brought back to what a feed said that another has replaced", async () => {
    const old = await pageOf([one, two]);
    await read([old]);
    await read([await pageOf([testRecord({ id: "penalty:1", version: 2 })], { feed: secondFeed })]);
    expect(held()).toEqual(["dg penalty:1 2"]);
    await read([old]);
    await read([await pageOf([two], { iat: testNow / 1000 - 1 })]);
    expect(held()).toEqual(["dg penalty:1 2"]);
    expect(broken).toEqual([]);
  });

  it("is read again from the beginning by a gateway that was put back, receipted again, and changed by nothing of before", async () => {
    const first = await pageOf([one]);
    await read([first]);
    await read([]);
    await read([], { position: 0, newest: 1 });
    await read([first]);
    expect(asked.at(-1)).toMatchObject({ after: 0, head: null });
    expect(receipts()).toEqual(["dg 1"]);
    expect(held()).toEqual(["dg penalty:1 1"]);
  });

  it("is read anew for another scope: what is outside is dropped at once, what does not come again when all was read", async () => {
    catalogue = listing({}, { code: "licence" });
    const licensed = testRecord({ id: "licence:1", item: "licence" });
    const first = await pageOf([one, two, licensed]);
    await read([first]);
    expect(held()).toHaveLength(3);
    catalogue = listing({});
    await read([], { newest: 9 });
    expect(held(), "others are of use meanwhile").toEqual(["dg penalty:1 1", "dg penalty:2 1"]);
    expect(asked.at(-1)).toMatchObject({ after: 0, head: null });
    const { lines } = unpackPage(first) ?? { lines: [] };
    const { head } = first;
    await read([
      { source: dg, ...packPage({ head, lines: lines.map((line, at) => (at === 0 ? line : null)) }) },
    ]);
    expect(held()).toEqual(["dg penalty:1 1"]);
  });

  it("is not receipted while it is read anew: what is held from before may be older than the receipt would say", async () => {
    const first = await pageOf([one]);
    const second = await pageOf([testRecord({ id: "penalty:1", version: 2 })], following(first, 2));
    await read([first]);
    const scope = lineHash("narrower");
    await read([], { scope });
    const { lines } = unpackPage(second) ?? { lines: [] };
    const withheld = { source: dg, ...packPage({ head: second.head, lines: lines.map(() => null) }) };
    await read([first, withheld], { scope, newest: 9 });
    await read([], { scope, newest: 9 });
    expect(receipts()).toEqual([]);
    await read([], { scope });
    await read([], { scope });
    expect(receipts()).toEqual(["dg 2"]);
  });

  it("drops what it does not want any more as it now is", async () => {
    subscription = { ...all, subjectKinds: ["enterprise"] };
    const first = await pageOf([one]);
    await read([first]);
    const moved = testRecord({
      id: "penalty:1",
      version: 2,
      subject: { ...subject, kind: "social-organisation" },
    });
    await read([await pageOf([moved], following(first, 2))]);
    expect(held()).toEqual([]);
  });

  it("drops what is past its publication as it now is, and keeps the bare fact that it is gone", async () => {
    const first = await pageOf([one, two]);
    await read([first]);
    const disclosedUntil = "2025-12-31";
    const ended = testRecord({ id: "penalty:1", version: 2, disclosedUntil });
    const gone = testRecord({ id: "penalty:2", version: 2, disclosedUntil, state: "repaired" });
    await read([await pageOf([ended, gone], following(first, 3))]);
    expect(held()).toEqual(["dg penalty:2 2"]);
  });

  it("is read anew when the gateway has seen another scope meanwhile: lines may have been withheld", async () => {
    const first = await pageOf([one]);
    await read([first]);
    await read([await pageOf([two], following(first, 2))], { scope: lineHash("narrower") });
    expect(held()).toEqual(["dg penalty:1 1"]);
    await read([], { scope: lineHash("narrower") });
    expect(asked.at(-1)).toMatchObject({ after: 0 });
  });

  it("is dropped when the cities' agreement ends, gateway or none, and taken from nobody without one", async () => {
    await read([await pageOf([one]), await pageOf([ofHz], { by: hz })]);
    const atEnd = now + 5000;
    const places = ["441900", "441300"].map((each) => jurisdictionSchema.parse(each));
    known = {
      ...directory,
      jurisdictions: () => places,
      agreed: (_who, place, _for, at) => place !== "441900" || at < atEnd,
    };
    await read([]);
    expect(held()).toEqual(["dg penalty:1 1", "hz penalty:1 1"]);
    now = atEnd;
    await read([], { scope: lineHash("another"), newest: 9 });
    expect(held()).toEqual(["hz penalty:1 1"]);
    await read([await pageOf([one]), await pageOf([ofHz], { by: hz })], { scope: lineHash("another") });
    expect(held()).toEqual(["hz penalty:1 1"]);
    known = directory;
    await read([], { scope: lineHash("another") });
    expect(asked.at(-1)).toMatchObject({ after: 0 });
  });

  it("is dropped by who subscribes to nothing any more, gateway or none, and the city hears that nothing is held", async () => {
    const first = await pageOf([one]);
    await read([first]);
    const ignored = () => undefined;
    const open = (answer: (body: unknown) => Promise<Answer>, sharingFault: () => void) => {
      const events = {
        ...{ published: ignored, received: ignored, brokenPage: ignored, setAside: ignored },
        ...{ sharingFault, failed: ignored },
      };
      const { outbox, inbox } = store;
      const deps = { ...call(baoan, gateway(answer)), outbox, inbox, keptBack: () => [], events };
      return openSharing({ publish: false }, deps);
    };
    const away = Promise.withResolvers<void>();
    const stopAway = open(async () => "unreachable", away.resolve);
    await away.promise;
    await stopAway();
    expect(held()).toEqual([]);
    const heard = Promise.withResolvers<void>();
    const blank = { source: dg, ...packPage({ head: first.head, lines: [null] }) };
    asked = [];
    const stop = open(async (body) => {
      const question = readSchema.parse(body);
      asked.push(question);
      if (question.receipts.length > 0) heard.resolve();
      const pages = question.after === 0 ? [blank] : [];
      return { body: { position: 1, newest: 1, scope: lineHash("nothing"), pages } };
    }, ignored);
    await heard.promise;
    await stop();
    expect(receipts(), "what it was waited for").toEqual(["dg 1"]);
    expect(asked.map(({ subscription: { items } }) => items)).toEqual(asked.map(() => []));
    expect(held()).toEqual([]);
  });

  it("refuses what it may not hold, whoever hands it on, and says so", async () => {
    catalogue = listing({ disclosure: "government-shared", shareScope: ["city"] });
    await read([await pageOf([one])]);
    expect(held()).toEqual([]);
    await read([]);
    const [text = ""] = asked.at(-1)?.receipts ?? [];
    expect(openReceipt(text, baoan, directory)?.refused).toEqual([{ seq: 1, code: "sync.item-unknown" }]);
  });

  it("is refused in one receipt for many pages, whichever page it was of, and once", async () => {
    catalogue = listing({ disclosure: "government-shared", shareScope: ["city"] }, { code: "licence" });
    const [first, open] = [await pageOf([one]), testRecord({ id: "licence:1", item: "licence" })];
    const second = await pageOf([open], following(first, 2));
    await read([first, second]);
    await read([await pageOf([{ ...open, version: 2 }], following(second, 3))]);
    const refused = (text: string) => openReceipt(text, baoan, directory)?.refused;
    expect(asked.at(-1)?.receipts.map(refused)).toEqual([[{ seq: 1, code: "sync.item-unknown" }]]);
    await read([]);
    expect(asked.at(-1)?.receipts.map(refused)).toEqual([[]]);
  });
});
