import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Directory } from "@xinqiao/protocol/registry";
import {
  changeLine,
  type Delivery,
  feedIdSchema,
  headHash,
  lineHash,
  openCompletion,
  openReceipt,
  type PageHead,
  packPage,
  type Receipt,
  type Subscription,
  signPageHead,
  signReceipt,
  subscriptionSchema,
  unpackPage,
} from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNow, testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/index.ts";
import type { TimelinessRule } from "../scorecard/index.ts";
import { type OpenedHub, openHub } from "../store/sqlite/index.ts";
import {
  createCompleting,
  createOneWait,
  createTakenSignal,
  createTurns,
  readChanges,
  takePage,
} from "./index.ts";
import { sha256 } from "./sha256.ts";

const { directory, signer } = testFederation();
const [city, baoan, dg, hz] = ["sz", "sz-baoan", "dg", "hz"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const all = subscriptionSchema.parse({ items: "all", jurisdictions: "all", subjectKinds: "all" });
const firstFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const secondFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f61");
const seconds = testNow / 1000;
const never = new AbortController().signal;
const listing = (...items: readonly object[]): Catalogue =>
  indexCatalogue({ classes: [], items: items.map((item) => testItem(item)), purposes: [] });

interface SealedTestPage {
  readonly head: string;
  readonly lines: readonly string[];
}

let folder: string;
let hub: OpenedHub;
let log: MemoryAuditLog;
let catalogue: Catalogue;
let members: Directory;
let signal: ReturnType<typeof createTakenSignal>;
let completing: ReturnType<typeof createCompleting>;
let turns: ReturnType<typeof createTurns>;
let requests: number;
let today: string;
let rules: TimelinessRule[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-hub-"));
  hub = openHub(join(folder, "sharing.db"));
  log = createMemoryAuditLog({ origin: "sz/log", now: () => testNow, randomBytes });
  catalogue = listing({});
  members = directory;
  signal = createTakenSignal();
  turns = createTurns();
  requests = 0;
  today = "2026-01-01";
  rules = [];
  completing = createCompleting({ ...common(), self: city, signer: signer("sz") });
});

afterEach(() => {
  hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const common = () => ({
  hub,
  log,
  directory: () => members,
  catalogue: () => catalogue,
  now: () => testNow,
  today: () => today,
  timeliness: { rules, workingDayAfter: (day: string) => day },
  lapsesAfterMs: 30 * 86_400_000,
  dueOn: (days: number) => `2026-01-0${days + 1}`,
});

/** The same members, but for one that is not active. */
const without = (node: NodeId): Directory => ({
  ...directory,
  member: (each) => {
    const member = directory.member(each);
    return member && each === node ? { ...member, status: "suspended" as const } : member;
  },
});

async function pageOf(
  records: readonly CreditRecord[],
  change: Partial<PageHead> = {},
  by = dg,
): Promise<SealedTestPage> {
  const { from = 1 } = change;
  const lines = records.map((record, at) => changeLine(from + at, Buffer.alloc(16, at), record));
  const head = {
    iss: by,
    feed: firstFeed,
    iat: seconds,
    from,
    prev: null,
    hashes: lines.map(lineHash),
    complete: true,
    ...change,
  };
  return { head: await signPageHead(head, signer(by)), lines };
}

const following = (page: SealedTestPage, from: number): Partial<PageHead> => ({
  from,
  prev: headHash(page.head),
});

function asked(node: NodeId) {
  const member = directory.member(node);
  if (member === undefined) throw new Error("no such member");
  requests += 1;
  const requestId = `00000000-0000-4000-8000-${`${requests}`.padStart(12, "0")}`;
  const claim = { keyId: node, nonce: requestId, expiresAt: testNow + 1000 };
  return { member, requestId, traceId: "1".repeat(32), claim };
}

const post = (page: SealedTestPage, by = dg) =>
  takePage(
    { page: packPage(page), ...asked(by) },
    { ...common(), completing, self: city, signer: signer("sz"), turns, onTaken: signal.taken },
  );

/** What the gateway says of it: how far it has taken the feed, and what it refused. */
async function told(page: SealedTestPage, by = dg): Promise<Receipt | undefined> {
  const reply = await post(page, by);
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value.receipt === undefined ? undefined : openReceipt(reply.value.receipt, city, directory);
}

interface Asking {
  readonly after?: number;
  readonly head?: string | null;
  readonly receipts?: string[];
  readonly subscription?: Subscription;
  readonly waitMs?: number;
}

async function read(
  node: NodeId,
  { after = 0, head = null, receipts = [], subscription = all, waitMs = 0 }: Asking = {},
) {
  const question = { subscription, after, head, receipts, waitMs };
  const deps = {
    ...common(),
    completing,
    pack: packPage,
    disputedFor: () => undefined,
    untilTaken: createOneWait(signal),
  };
  const delivery = await readChanges({ read: question, gone: never, ...asked(node) }, deps);
  if (!delivery.ok) throw new Error(JSON.stringify(delivery.error));
  return delivery.value;
}

const versionsIn = ({ pages }: Delivery): readonly (number | null)[] =>
  pages
    .flatMap((page) => unpackPage(page)?.lines ?? [])
    .map((line) => (line === null ? null : JSON.parse(line).record.version));

const receiptOf = (holder: NodeId, page: SealedTestPage, upTo: number, feed = firstFeed) =>
  signReceipt(
    { iss: holder, source: dg, feed, upTo, head: headHash(page.head), iat: seconds, refused: [] },
    signer(holder),
  );

const kinds = () => log.entries().map(({ kind }) => kind);
const statements = () =>
  hub
    .corrections(dg, 10)
    .map(({ completion }) =>
      completion === undefined ? undefined : openCompletion(completion, city, directory),
    );

describe("a page that is handed over", () => {
  const one = testRecord();

  it.each([
    ["of an item that the catalogue does not list", { item: "licence" }, "sync.item-unknown"],
    ["of another's jurisdiction", { jurisdiction: "440306" }, "sync.jurisdiction-foreign"],
    ["that says not what its item must", { fields: {} }, "sync.record-invalid"],
    ["that its subject must authorise each time", { item: "tax-credit" }, "sync.record-invalid"],
    ["that such a record is repaired", { item: "tax-credit", state: "repaired" }, "sync.record-invalid"],
  ])("is taken without the change %s, and says which", async (_what, change, code) => {
    catalogue = listing({}, { code: "tax-credit", disclosure: "authorised", shareScope: ["district"] });
    const page = await pageOf([testRecord({ id: "penalty:bad", ...change }), one]);
    expect(await told(page)).toMatchObject({ upTo: 2, refused: [{ seq: 1, code }] });
    expect(versionsIn(await read(baoan))).toEqual([null, 1]);
    expect(await told(page), "asked once more, when its reply was lost").toMatchObject({
      refused: [{ seq: 1, code }],
    });
  });

  it("is taken without a version that is not newer, or of another item", async () => {
    catalogue = listing({}, { code: "licence" });
    const first = await pageOf([{ ...one, version: 2 }]);
    await told(first);
    const second = await pageOf([one, testRecord({ item: "licence", version: 3 })], following(first, 2));
    expect(await told(second)).toMatchObject({
      refused: [
        { seq: 2, code: "sync.version-not-newer" },
        { seq: 3, code: "sync.record-invalid" },
      ],
    });
  });

  it("takes back what it told of an item that the catalogue lists no more, which may come back", async () => {
    const first = await pageOf([one]);
    await told(first);
    await read(baoan);
    catalogue = listing();
    const withdrawn = await pageOf([testRecord({ version: 2, state: "withdrawn" })], following(first, 2));
    expect(await told(withdrawn)).toMatchObject({ upTo: 2, refused: [] });
    catalogue = listing({});
    expect(versionsIn(await read(baoan))).toEqual([null, 2]);
    expect(versionsIn(await read(hz)), "who was never given it hears nothing").toEqual([null, null]);
  });

  it("is handed to nobody any more once its subject must authorise it, and taken back by whoever told it", async () => {
    const first = await pageOf([one]);
    await told(first);
    expect(versionsIn(await read(baoan))).toEqual([1]);
    catalogue = listing({ disclosure: "authorised", shareScope: ["district", "neighbour-city"] });
    expect(versionsIn(await read(baoan))).toEqual([null]);
    const repaired = testRecord({ version: 2, state: "repaired" });
    expect(await told(await pageOf([repaired], following(first, 2)))).toMatchObject({ refused: [] });
    expect(versionsIn(await read(baoan))).toEqual([null, null]);
    expect(hub.corrections(dg, 10), "whoever had it has dropped it by itself").toEqual([]);
  });

  it("is handed to another city as long as there is an agreement, which also names the scope; nobody without one is waited for", async () => {
    const first = await pageOf([one]);
    await told(first);
    const open = await read(baoan);
    expect(versionsIn(open)).toEqual([1]);
    const agreed = members;
    members = { ...agreed, agreed: (who, place) => who.node === dg || place !== "441900" };
    const closed = await read(baoan);
    expect(versionsIn(closed)).toEqual([null]);
    expect(closed.scope).not.toBe(open.scope);
    const narrow = { ...all, jurisdictions: [jurisdictionSchema.parse("440306")] };
    const here = (await read(baoan, { subscription: narrow })).scope;
    await told(await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2)));
    expect(hub.corrections(dg, 10)).toEqual([]);
    members = agreed;
    expect((await read(baoan, { subscription: narrow })).scope, "it wants none of it").toBe(here);
    expect((await read(baoan)).scope).toBe(open.scope);
  });

  it("is not taken of who answers for nothing, or when it is no page of its sender", async () => {
    const page = await pageOf([one]);
    const { jurisdiction: _none, ...member } = asked(dg).member;
    const deps = { ...common(), completing, self: city, signer: signer("sz"), turns, onTaken: signal.taken };
    expect(await takePage({ page: packPage(page), ...asked(dg), member }, deps)).toMatchObject({
      error: { refused: { code: "sync.not-a-source" } },
    });
    expect(await post(page, hz)).toMatchObject({ error: { refused: { code: "sync.page-invalid" } } });
    expect(await post({ ...page, lines: ["x"] })).toMatchObject({
      error: { refused: { code: "sync.page-invalid" } },
    });
    expect(kinds()).toEqual([]);
  });

  it("is answered with how far the gateway is, when it was taken before, is ahead, forked, or of a feed replaced", async () => {
    const first = await pageOf([one]);
    const second = await pageOf([testRecord({ id: "penalty:2" })], following(first, 2));
    expect(await told(second), "before the first page of all").toBeUndefined();
    await told(first);
    const place = { feed: firstFeed, upTo: 1, head: headHash(first.head) };
    expect(await told(first)).toMatchObject(place);
    expect(await told(await pageOf([one], { from: 9, prev: headHash(second.head) }))).toMatchObject(place);
    expect(await told(await pageOf([one], { iat: seconds - 1 }))).toMatchObject(place);
    await told(await pageOf([one], { feed: secondFeed }));
    expect(await told(first), "it comes late").toMatchObject({ feed: secondFeed });
    expect(await told(await pageOf([one], { iat: seconds - 1 }))).toMatchObject({ feed: secondFeed });
    expect(kinds()).toEqual(["changes.taken", "changes.taken"]);
  });

  it("is taken once when it comes twice at the same time", async () => {
    const page = await pageOf([one]);
    const replies = await Promise.all([told(page), told(page)]);
    expect(replies).toMatchObject([{ upTo: 1 }, { upTo: 1 }]);
    expect(kinds()).toEqual(["changes.taken"]);
  });

  it("is not acknowledged before it is on the disk, nor when it was taken before", async () => {
    const page = await pageOf([one]);
    await told(page);
    hub = { ...hub, durable: () => Promise.reject(new Error("no disk")) };
    await expect(told(page)).rejects.toThrow("no disk");
  });

  it("is not taken when the log takes nothing", async () => {
    log.fail("log.full");
    expect(await post(await pageOf([one]))).toMatchObject({ error: { failed: { code: "log.full" } } });
    expect(hub.newest()).toBe(0);
  });
});

describe("what a source is judged by", () => {
  const [one, two] = [testRecord(), testRecord({ id: "penalty:2" })];
  const bad = testRecord({ id: "penalty:bad", fields: {} });
  const score = () => {
    const [{ told: count, refused, judged } = { told: 0, refused: 0, judged: 0 }] = hub.scores(
      "2026-01",
      0,
      9e9,
    );
    return { told: count, refused, judged };
  };
  beforeEach(() => {
    rules = [{ from: "2016-01-01", items: [one.item], workingDays: 7 }];
  });

  it("is not counted again when it is told anew, until that feed is whole", async () => {
    await told(await pageOf([one, two, bad]));
    const counted = { told: 2, refused: 1, judged: 2 };
    expect(score()).toEqual(counted);
    const anew = await pageOf([one], { feed: secondFeed, complete: false });
    await told(anew);
    const whole = await pageOf([two, bad], { ...following(anew, 2), feed: secondFeed });
    await told(whole);
    expect(score()).toEqual(counted);
    await told(await pageOf([{ ...one, version: 2 }], { ...following(whole, 4), feed: secondFeed }));
    expect(score()).toEqual({ ...counted, told: 3 });
  });

  it("is told for the first time once, also when it was taken back meanwhile", async () => {
    await told(await pageOf([one, two]));
    const without = await pageOf([one], { feed: secondFeed });
    await told(without);
    await told(await pageOf([two], { ...following(without, 2), feed: secondFeed }));
    expect(score()).toEqual({ told: 3, refused: 0, judged: 2 });
  });

  it("is refused once, however often the same version is told", async () => {
    const first = await pageOf([bad]);
    await told(first);
    const second = await pageOf([bad], following(first, 2));
    await told(second);
    expect(score()).toMatchObject({ refused: 1 });
    await told(await pageOf([{ ...bad, version: 2 }], following(second, 3)));
    expect(score()).toMatchObject({ refused: 2 });
  });
});

describe("what is over", () => {
  it("goes to nobody any more when its publication has ended, also who reads from the beginning", async () => {
    await told(
      await pageOf([
        testRecord({ id: "penalty:ended", disclosedUntil: "2025-12-31" }),
        testRecord({ id: "penalty:last-day", disclosedUntil: "2026-01-01" }),
      ]),
    );
    expect(versionsIn(await read(baoan))).toEqual([null, 1]);
  });
});

describe("who reads", () => {
  const one = testRecord();

  it("is told to begin again when where it was is not the gateway's past: that was put back", async () => {
    const first = await pageOf([one]);
    await told(first);
    expect(await read(baoan, { after: 7, head: headHash(first.head) })).toMatchObject({
      position: 0,
      pages: [],
    });
    expect(await read(baoan, { after: 1, head: lineHash("another") })).toMatchObject({ position: 0 });
    await read(baoan);
    await read(baoan, { after: 7, head: headHash(first.head) });
    expect(hub.standing().subscribers, "nor is it ahead of it").toMatchObject([{ position: 0, behind: 1 }]);
    expect(await read(baoan, { after: 1, head: headHash(first.head) })).toMatchObject({ position: 1 });
    expect(hub.standing().subscribers).toMatchObject([{ position: 1, behind: 0, behindSince: null }]);
  });

  it("misses nothing when the gateway was put back and took the page where it stands as the same one again", async () => {
    const path = join(folder, "sharing.db");
    const [first, theirs] = [await pageOf([one]), await pageOf([testRecord({ jurisdiction: hz })], {}, hz)];
    await told(first);
    await told(theirs, hz);
    const { position } = await read(baoan);
    hub.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    hub = openHub(path, () => 1_000);
    const other = await pageOf([testRecord({ id: "penalty:new" })], { feed: secondFeed });
    await told(other);
    await told(theirs, hz);
    const where = { after: position, head: headHash(theirs.head) };
    expect(await read(baoan, where)).toMatchObject({ position: 0, pages: [] });
    expect((await read(baoan)).pages).toHaveLength(2);
  });

  it("is told when what it may hold has changed in the gateway's eyes", async () => {
    await told(await pageOf([one]));
    const { scope } = await read(baoan);
    expect((await read(baoan)).scope).toBe(scope);
    catalogue = listing({ disclosure: "government-shared", shareScope: ["city"] });
    expect((await read(baoan)).scope).not.toBe(scope);
    catalogue = listing({});
    members = without(baoan);
    expect((await read(baoan)).scope).not.toBe(scope);
  });

  it("is not told when what has changed is an item that it does not want", async () => {
    await told(await pageOf([one]));
    const subscription = { ...all, items: [one.item] };
    const { scope } = await read(baoan, { subscription });
    catalogue = listing({}, { code: "other" });
    expect((await read(baoan, { subscription })).scope).toBe(scope);
    expect((await read(baoan)).scope).not.toBe(scope);
  });

  it("waits while there is nothing, and is woken by the next page", async () => {
    const reading = read(baoan, { waitMs: 3_600_000 });
    await told(await pageOf([one]));
    expect(versionsIn(await reading)).toEqual([1]);
  });

  it("is let go when the gateway drains", async () => {
    const reading = read(baoan, { waitMs: 3_600_000 });
    signal.close();
    expect(await reading).toMatchObject({ position: 0, pages: [] });
  });

  it("hears of a record that has become one of another kind, when it wanted what it was", async () => {
    const enterprises = { ...all, subjectKinds: ["enterprise" as const] };
    const first = await pageOf([one]);
    await told(first);
    const { position } = await read(baoan, { subscription: enterprises });
    const subject = { ...one.subject, kind: "social-organisation" };
    const second = await pageOf([testRecord({ subject, version: 2 })], following(first, 2));
    await told(second);
    const third = await pageOf([testRecord({ subject, version: 3 })], following(second, 3));
    await told(third);
    const on = { after: position, head: headHash(first.head), subscription: enterprises };
    expect(versionsIn(await read(baoan, on))).toEqual([null, 3]);
    expect(hub.corrections(dg, 10)).toMatchObject([
      { holders: [{ node: baoan }] },
      { holders: [{ node: baoan }] },
    ]);
  });

  it("hears nothing of a record that has moved, nor is waited for, when it wanted none of what that was or was never given it", async () => {
    const [kept, other] = ["enterprise" as const, "individual" as const].map((kind) => ({
      ...all,
      subjectKinds: [kind],
    })) as [Subscription, Subscription];
    const first = await pageOf([one]);
    await told(first);
    const { position } = await read(baoan, { subscription: kept });
    await read(hz, { subscription: other });
    const subject = { ...one.subject, kind: "social-organisation" };
    const second = await pageOf([testRecord({ subject, version: 2 })], following(first, 2));
    await told(second);
    expect(hub.corrections(dg, 10)).toMatchObject([{ holders: [{ node: baoan }] }]);
    const on = { after: position, head: headHash(first.head) };
    expect(versionsIn(await read(hz, { ...on, subscription: other }))).toEqual([null]);
    expect(versionsIn(await read(city, { subscription: kept })), "it comes anew").toEqual([null, null]);
    expect(versionsIn(await read(baoan, { ...on, subscription: kept }))).toEqual([2]);
  });

  it("hears of a record that has come back and gone again, when it has what that was at first", async () => {
    const enterprises = { ...all, subjectKinds: ["enterprise" as const] };
    const kinds = ["enterprise", "social-organisation", "enterprise", "social-organisation"];
    const pages: SealedTestPage[] = [];
    let on = {};
    for (const [at, kind] of kinds.entries()) {
      const before = pages.at(-1);
      const record = testRecord({ subject: { ...one.subject, kind }, version: at + 1 });
      const page = await pageOf([record], before === undefined ? {} : following(before, at + 1));
      pages.push(page);
      await told(page);
      if (at === 0) {
        const { position } = await read(baoan, { subscription: enterprises });
        on = { after: position, head: headHash(page.head) };
      }
    }
    expect(versionsIn(await read(baoan, { ...on, subscription: enterprises }))).toEqual([null, null, 4]);
    for (const { holders } of hub.corrections(dg, 10)) expect(holders).toMatchObject([{ node: baoan }]);
  });

  it("gives no receipt for a page that the source has not told, and may for one of a feed replaced", async () => {
    const first = await pageOf([one]);
    await told(first);
    await read(baoan);
    const unknown = await pageOf([one], { iat: seconds - 1 });
    await read(baoan, { receipts: [await receiptOf(baoan, unknown, 1)] });
    expect(kinds()).not.toContain("changes.applied");
    await told(await pageOf([one], { feed: secondFeed }));
    await read(baoan, { receipts: [await receiptOf(baoan, first, 1)] });
    expect(kinds()).toContain("changes.applied");
    await expect(read(baoan, { receipts: [await receiptOf(hz, first, 1)] })).rejects.toThrow(
      "sync.receipt-invalid",
    );
  });
});

describe("a correction that is late", () => {
  it("is said once, when its last day is over, with those who are late", async () => {
    const first = await pageOf([testRecord()]);
    await told(first);
    for (const node of [baoan, hz]) await read(node);
    const second = await pageOf([testRecord({ version: 2 })], following(first, 2));
    await told(second);
    await read(baoan, { receipts: [await receiptOf(baoan, second, 2)] });
    const late = () => log.entries().filter(({ kind }) => kind === "correction.late");
    today = "2026-01-02";
    await completing.complete();
    expect(late(), "its last day is not over").toEqual([]);
    today = "2026-01-03";
    await completing.complete();
    await completing.complete();
    expect(late()).toMatchObject([{ effect: "corrected", dueOn: "2026-01-02", holders: [hz] }]);
  });
});

describe("a correction", () => {
  const one = testRecord();

  async function handedTo(...holders: readonly NodeId[]): Promise<SealedTestPage> {
    const first = await pageOf([one]);
    await told(first);
    for (const holder of holders) await read(holder);
    return first;
  }

  it("waits for one that is being handed the version before while it is taken", async () => {
    const first = await pageOf([one]);
    await told(first);
    const append = log.append;
    const opened = Promise.withResolvers<void>();
    log = {
      ...log,
      append: async (draft, claim) => {
        if (draft.kind === "changes.delivered") await opened.promise;
        return append(draft, claim);
      },
    };
    const reading = read(baoan);
    await told(await pageOf([testRecord({ version: 2 })], following(first, 2)));
    opened.resolve();
    // It is blank by then: nothing older leaves.
    expect(versionsIn(await reading)).toEqual([null]);
    expect(hub.corrections(dg, 10)).toMatchObject([{ holders: [{ node: baoan }] }]);
  });

  it("is not complete for one that has read past it but has an older version yet, a newer one having come since", async () => {
    const first = await handedTo(baoan);
    const second = await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2));
    await told(second);
    const third = await pageOf([testRecord({ version: 3 })], following(second, 3));
    await told(third);
    expect(hub.corrections(dg, 10)).toMatchObject([
      { holders: [{ node: baoan }] },
      { holders: [{ node: baoan }] },
    ]);
    await read(baoan, { receipts: [await receiptOf(baoan, second, 2)] });
    expect(statements(), "the line of the second was blank").toEqual([undefined, undefined]);
    await read(baoan, { receipts: [await receiptOf(baoan, third, 3)] });
    expect(statements()).toMatchObject([
      { seq: 3, holders: [{ node: baoan }], gone: [] },
      { seq: 2, holders: [{ node: baoan }], gone: [] },
    ]);
  });

  it("names a holder that is no active member any more as gone, and waits for it no longer; for one that is back, it does", async () => {
    const first = await handedTo(baoan, hz);
    const second = await pageOf([testRecord({ version: 2 })], following(first, 2));
    await told(second);
    members = without(hz);
    await completing.complete();
    members = directory;
    await read(baoan, { receipts: [await receiptOf(baoan, second, 2)] });
    expect(statements(), "it is back").toEqual([undefined]);
    members = without(hz);
    await completing.complete();
    expect(statements()).toMatchObject([{ holders: [{ node: baoan }], gone: [hz] }]);
  });

  it("comes into the log later when it cannot be written now, before it is completed, and each once", async () => {
    const first = await handedTo(baoan);
    const append = log.append;
    let full = true;
    log = {
      ...log,
      append: async (draft, claim) =>
        full && draft.kind.startsWith("correction.")
          ? { ok: false, error: { code: "log.full" } }
          : append(draft, claim),
    };
    completing = createCompleting({ ...common(), self: city, signer: signer("sz") });
    const second = await pageOf([testRecord({ version: 2 })], following(first, 2));
    await told(second);
    await read(baoan, { receipts: [await receiptOf(baoan, second, 2)] });
    expect(kinds().filter((kind) => kind.startsWith("correction."))).toEqual([]);
    full = false;
    await Promise.all([completing.complete(), completing.complete()]);
    expect(kinds().filter((kind) => kind.startsWith("correction."))).toEqual([
      "correction.opened",
      "correction.completed",
    ]);
  });

  it("is opened when a source that was put back gives the same number to something else, not when it tells the same anew", async () => {
    await handedTo(baoan);
    const anew = await pageOf([one], { feed: secondFeed });
    await told(anew);
    expect(hub.corrections(dg, 10)).toEqual([]);
    const third = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f62");
    await told(await pageOf([testRecord({ fields: { CF_WSH: "another" } })], { feed: third }));
    expect(hub.corrections(dg, 10)).toMatchObject([{ effect: "corrected", holders: [{ node: baoan }] }]);
  });

  it("is completed with one statement, also by a city that died before it could say so", async () => {
    const first = await handedTo(baoan);
    const second = await pageOf([testRecord({ version: 2 })], following(first, 2));
    await told(second);
    const complete = () => {
      throw new Error("killed");
    };
    completing = createCompleting({
      ...common(),
      hub: { ...hub, complete },
      self: city,
      signer: signer("sz"),
    });
    await expect(read(baoan, { receipts: [await receiptOf(baoan, second, 2)] })).rejects.toThrow("killed");
    expect(statements(), "nobody has said it").toEqual([undefined]);
    const later = () => testNow + 60_000;
    completing = createCompleting({ ...common(), now: later, self: city, signer: signer("sz") });
    await completing.complete();
    const said = log.entries().flatMap((entry) => ("statement" in entry ? [entry.statement] : []));
    expect(said).toHaveLength(2);
    const [correction] = hub.corrections(dg, 1);
    expect(new Set(said)).toEqual(new Set([sha256(correction?.completion ?? "")]));
  });

  it("is completed many at a time, whose entries come into the log together", async () => {
    const append = log.append;
    let [atOnce, most] = [0, 0];
    log = {
      ...log,
      async append(draft, claim) {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise(setImmediate);
        atOnce -= 1;
        return append(draft, claim);
      },
    };
    completing = createCompleting({ ...common(), self: city, signer: signer("sz") });
    const records = Array.from({ length: 250 }, (_, at) => testRecord({ id: `penalty:${at}` }));
    const first = await pageOf(records);
    await told(first);
    await read(baoan);
    const second = await pageOf(
      records.map((record) => ({ ...record, version: 2 })),
      following(first, 251),
    );
    await told(second);
    await read(baoan, { receipts: [await receiptOf(baoan, second, 500)] });
    expect(hub.corrections(dg, 500).filter(({ completion }) => completion !== undefined)).toHaveLength(250);
    expect(hub.acknowledged()).toEqual([]);
    expect(most).toBe(100);
  });

  it("waits on for who was handed more, when an older question of its comes late", async () => {
    const first = await handedTo(baoan);
    hub.handed({ node: baoan, position: 0, subscription: all }, testNow);
    await told(await pageOf([testRecord({ version: 2 })], following(first, 2)));
    expect(hub.corrections(dg, 10)).toMatchObject([{ holders: [{ node: baoan }] }]);
  });
});
