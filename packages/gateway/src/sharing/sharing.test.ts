import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type CreditRecord, isGone } from "@xinqiao/protocol/record";
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
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/index.ts";
import type { TimelinessRule } from "../scorecard/index.ts";
import { type OpenedHub, openHub } from "../store/sqlite/index.ts";
import {
  compactSharing,
  createCompleting,
  createOneWait,
  createTakenSignal,
  createTrustedCopy,
  createTurns,
  readChanges,
  type TrustedCopy,
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
const thirdFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f62");
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
let onHeard: TrustedCopy["heard"];
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
  onHeard = () => undefined;
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
    { ...common(), completing, self: city, signer: signer("sz"), turns, onTaken: signal.taken, onHeard },
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

async function copyOf({ durable }: OpenedHub, to: string): Promise<void> {
  await durable();
  const database = new Database(join(folder, "sharing.db"), { readonly: true });
  await database.backup(to);
  database.close();
}

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
    const own = { self: city, signer: signer("sz"), turns, onTaken: signal.taken, onHeard };
    const deps = { ...common(), completing, ...own };
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

describe("a record that the city knows is repaired", () => {
  const one = testRecord();
  const repaired = testRecord({ version: 2, state: "repaired" });
  const current = (records: readonly CreditRecord[]) =>
    records.filter((record) => !isGone(record)).map(({ version }) => version);
  const shown = () => [
    current(hub.told(dg, one.subject, [one.item])?.records ?? []),
    current(hub.about(one.subject, [one.item]).map(({ record }) => record)),
  ];
  let first: SealedTestPage;
  beforeEach(async () => {
    first = await pageOf([one]);
    await told(first);
    await read(baoan);
    await told(await pageOf([repaired], following(first, 2)));
  });

  it("is not current again by a source that was put back to before, or made anew from its files", async () => {
    const refused = [{ seq: 1, code: "sync.record-gone" }];
    expect(await told(await pageOf([one], { feed: secondFeed }))).toMatchObject({ refused });
    expect(shown()).toEqual([[], []]);
    expect(hub.letters({}, 10)).toMatchObject([{ record: one.id, version: 1, code: "sync.record-gone" }]);
    const third = await pageOf([one], { feed: thirdFeed });
    expect(await told(third), "nor by the feed after that").toMatchObject({ refused });
    expect(shown()).toEqual([[], []]);
    expect(versionsIn(await read(baoan))).not.toContain(1);
    const same = await pageOf([{ ...one, version: 2 }], { ...following(third, 2), feed: thirdFeed });
    expect(await told(same)).toMatchObject({ refused: [{ seq: 2, code: "sync.record-gone" }] });
    const higher = await pageOf([{ ...one, version: 3 }], { ...following(same, 3), feed: thirdFeed });
    expect(await told(higher), "but by a higher version").toMatchObject({ refused: [] });
    expect(shown()).toEqual([[3], [3]]);
    expect(hub.letters({}, 10)).toEqual([]);
  });

  it("is not current again by a version that is newer only than what the source says is gone by now", async () => {
    await told(await pageOf([{ ...repaired, version: 6 }], { feed: secondFeed }));
    const withdrawn = await pageOf([testRecord({ version: 3, state: "withdrawn" })], { feed: thirdFeed });
    expect(await told(withdrawn)).toMatchObject({ refused: [] });
    const fourth = await pageOf([{ ...one, version: 4 }], { ...following(withdrawn, 2), feed: thirdFeed });
    expect(await told(fourth)).toMatchObject({ refused: [{ seq: 2, code: "sync.record-gone" }] });
    expect(shown()).toEqual([[], []]);
  });

  it("stays known as that when its source names it no more, which says nothing else of its item", async () => {
    await told(await pageOf([], { feed: secondFeed }));
    expect(hub.told(dg, one.subject, [one.item])?.items).toEqual([]);
    const again = await pageOf([one], { feed: thirdFeed });
    expect(await told(again)).toMatchObject({ refused: [{ seq: 1, code: "sync.record-gone" }] });
    expect(shown()).toEqual([[], []]);
  });
});

describe("a record that stands again", () => {
  const one = testRecord();
  let third: SealedTestPage;
  beforeEach(async () => {
    const first = await pageOf([one]);
    await told(first);
    await read(baoan);
    const second = await pageOf([testRecord({ version: 2, state: "withdrawn" })], following(first, 2));
    await told(second);
    third = await pageOf([testRecord({ version: 3 })], following(second, 3));
    await told(third);
    await read(baoan, { receipts: [await receiptOf(baoan, third, 3)] });
  });

  it.each([
    ["", []],
    [", nor when its source names it no more", [testRecord({ id: "penalty:other" })]],
  ])("is not current again by an older version once it stands again%s", async (_when, named) => {
    if (named.length > 0) await told(await pageOf(named, { feed: secondFeed }));
    const again = await pageOf([one], { feed: thirdFeed });
    expect(await told(again)).toMatchObject({ refused: [{ seq: 1, code: "sync.record-gone" }] });
    expect(hub.version(dg, one.id)).toMatchObject({ version: 3, goneVersion: 2 });
    expect(hub.about(one.subject, [one.item]).map(({ record }) => record.id)).not.toContain(one.id);
    expect(hub.corrections(dg, 1), "it is withdrawn, and waited for").toMatchObject([
      { effect: "withdrawn", seq: 3, holders: [{ node: baoan }] },
    ]);
    expect(versionsIn(await read(hz))).not.toContain(3);
    const back = await pageOf([testRecord({ version: 3 })], { ...following(again, 2), feed: thirdFeed });
    expect(await told(back), "by a higher one").toMatchObject({ refused: [] });
    expect(versionsIn(await read(hz)).at(-1)).toBe(3);
    const repaired = testRecord({ version: 4, state: "repaired" });
    await told(await pageOf([repaired], { ...following(back, 3), feed: thirdFeed }));
    expect(versionsIn(await read(baoan)).at(-1), "it was given the third").toBe(4);
  });
});

describe("a hub that was put back, and the log was not", () => {
  const [one, theirs] = [testRecord(), testRecord({ jurisdiction: "441300" })];
  const backup = () => join(folder, "backup.db");
  const trusted = () => {
    const pages = log.entries().flatMap((entry) => {
      if (entry.kind !== "changes.taken" || entry.actor === null) return [];
      return [{ ...entry, source: entry.actor, at: Date.parse(entry.at) }];
    });
    const made = createTrustedCopy(hub, pages.reverse());
    onHeard = made.heard;
    const { told, tellers, about } = made.copy;
    return () => ({
      tellers: tellers().map(({ node }) => node),
      told: told(dg, one.subject, [one.item])?.records.map(({ state }) => state),
      about: about(one.subject, [one.item]).map(({ source, record }) => [source, record.state]),
    });
  };
  let first: SealedTestPage;
  let second: SealedTestPage;
  beforeEach(async () => {
    first = await pageOf([one]);
    await told(first);
    await told(await pageOf([theirs], {}, hz), hz);
    await copyOf(hub, backup());
    second = await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2));
    await told(second);
    hub.close();
    hub = openHub(backup(), () => 1_000);
  });

  it("is no teller of what has changed since, until its source has told all that it holds", async () => {
    const now = trusted();
    const without = { tellers: [hz], told: undefined, about: [[hz, "current"]] };
    expect(now()).toEqual(without);
    await told(await pageOf([testRecord({ id: "penalty:2" })], following(second, 3)));
    expect(now(), "another past").toEqual(without);
    const begun = { feed: secondFeed, complete: false };
    const anew = await pageOf([testRecord({ id: "penalty:2", state: "withdrawn" })], begun);
    await told(anew);
    expect(now(), "not whole yet").toEqual(without);
    const repaired = testRecord({ version: 2, state: "repaired" });
    await told(await pageOf([repaired], { ...following(anew, 2), feed: secondFeed }));
    expect(now()).toMatchObject({ tellers: [dg, hz], told: ["withdrawn", "repaired"] });
  });

  it("is one of who says that nothing has: the source was put back, too", async () => {
    const now = trusted();
    await told(first);
    expect(now()).toMatchObject({ tellers: [dg, hz], told: ["current"] });
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

  it("stays what it was of a month whose corrections are kept no more, also of who told nothing in it", async () => {
    const first = await pageOf([one]);
    await told(first);
    const { position: after } = await read(baoan);
    const second = await pageOf([{ ...one, version: 2 }], following(first, 2));
    await told(second);
    const swept = await pageOf([], { feed: secondFeed });
    await told(swept);
    const receipts = [await receiptOf(baoan, swept, 0, secondFeed)];
    await read(baoan, { after, head: headHash(first.head), receipts });
    const [from, to] = [seconds - 86_400, seconds + 30 * 86_400];
    const before = hub.scores("2026-01", from, to);
    expect(before).toMatchObject([{ source: dg, told: 2, corrections: 2, completed: 2, late: 0, hours: 0 }]);
    const none = { source: dg, told: 0, corrections: 2, completed: 2 };
    expect(hub.scores("2025-12", from, to), "by the instants alone").toMatchObject([none]);
    expect(hub.forgetCorrections(testNow + 86_400_000, 100)).toBe(2);
    expect(hub.corrections(dg, 9)).toEqual([]);
    expect(hub.scores("2026-01", from, to)).toEqual(before);
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

  /** The first version, as some have read it. */
  async function readBy(holders: readonly NodeId[], change: object = {}) {
    const first = await pageOf([testRecord(change)]);
    await told(first);
    for (const holder of holders) await read(holder);
    return { first, on: { after: 1, head: headHash(first.head) } };
  }

  it("is told to those who were given a version that would go on, and to nobody else", async () => {
    const { first, on } = await readBy([baoan]);
    const second = await pageOf(
      [testRecord({ version: 2, disclosedUntil: "2025-12-31" })],
      following(first, 2),
    );
    await told(second);
    expect(versionsIn(await read(baoan, on))).toEqual([2]);
    expect(versionsIn(await read(hz))).toEqual([null, null]);
    expect(versionsIn(await read(hz, { after: 2, head: headHash(second.head) }))).toEqual([]);
    expect(hub.corrections(dg, 10)).toMatchObject([{ effect: "corrected", holders: [{ node: baoan }] }]);
    await told(
      await pageOf(
        [testRecord({ version: 3, state: "repaired", disclosedUntil: "2025-12-31" })],
        following(second, 3),
      ),
    );
    expect(versionsIn(await read(baoan, on)), "it has not heard of the end").toEqual([null, 3]);
    expect(versionsIn(await read(hz))).toEqual([null, null, null]);
  });

  it("is told also once the end that a correction has brought forward is over", async () => {
    const { first, on } = await readBy([baoan], { disclosedUntil: "2030-01-01" });
    await told(await pageOf([testRecord({ version: 2, disclosedUntil: "2026-03-01" })], following(first, 2)));
    today = "2026-03-02";
    expect(versionsIn(await read(baoan, on))).toEqual([2]);
    expect(versionsIn(await read(hz))).toEqual([null, null]);
  });

  it("is not told to who drops by itself what it was given", async () => {
    const { first, on } = await readBy([baoan], { disclosedUntil: "2026-02-01" });
    const second = await pageOf(
      [testRecord({ version: 2, disclosedUntil: "2026-03-01" })],
      following(first, 2),
    );
    await told(second);
    today = "2026-03-02";
    expect(versionsIn(await read(baoan, on))).toEqual([null]);
    await told(await pageOf([testRecord({ version: 3, state: "withdrawn" })], following(second, 3)));
    expect(versionsIn(await read(hz)), "it has read when it was over").toEqual([null, null, null]);
  });

  it("is not told to who was not given it, however far it had read by then", async () => {
    const restricted = listing({ disclosure: "government-shared", shareScope: ["city"] });
    catalogue = restricted;
    const { first } = await readBy([hz]);
    catalogue = listing({});
    const on = { after: 1, head: headHash(first.head) };
    expect(await read(hz, on), "of another scope: it begins again").toMatchObject({ position: 0, pages: [] });
    const repaired = testRecord({ version: 2, state: "repaired" });
    await told(await pageOf([repaired], following(first, 2)));
    expect(versionsIn(await read(hz))).toEqual([null, null]);
    expect(hub.corrections(dg, 10)).toEqual([]);
  });

  it("is not told to who wants more now, and had wanted nothing of it", async () => {
    const kinds = { ...all, subjectKinds: ["individual" as const] };
    const first = await pageOf([testRecord()]);
    await told(first);
    await read(hz, { subscription: kinds });
    await told(await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2)));
    expect(versionsIn(await read(hz))).toEqual([null, null]);
  });

  it("is not told to a newcomer that reads it all in more than one go", async () => {
    let page = await pageOf([testRecord()]);
    const pages = [page];
    for (let seq = 2; seq <= 70; seq += 1) {
      page = await pageOf([testRecord({ id: `penalty:${seq}` })], following(page, seq));
      pages.push(page);
    }
    pages.push(await pageOf([testRecord({ version: 2, state: "repaired" })], following(page, 71)));
    for (const each of pages) await told(each);
    const { position } = await read(hz);
    expect(position).toBeLessThan(70);
    const head = headHash(pages[position - 1]?.head ?? "");
    expect(versionsIn(await read(hz, { after: position, head })).at(-1)).toBeNull();
  });

  it("is not gone through again with each feed, once its source names it no more", async () => {
    const swept: string[] = [];
    for (const feed of [firstFeed, secondFeed, thirdFeed]) {
      const page = { feed, from: 1, last: 0, hash: "h", complete: true };
      const about = { source: dg, page, changes: [], at: testNow, today, dueOn: () => today };
      const holders = () => [];
      if (feed !== firstFeed) hub.sweep({ ...about, holders }, "");
      if (!(hub.standing().sources[0]?.isWhole ?? true)) swept.push(feed);
      const records = feed === firstFeed ? [testRecord({ state: "repaired" })] : [];
      await told(await pageOf(records, { feed }));
      await compactSharing(hub, { forgetBefore: 0, today, heardBefore: testNow });
    }
    expect(hub.isBlank(dg, testRecord().id, today)).toBe(true);
    expect(swept, "a sweep of anything leaves it not whole").toEqual([secondFeed]);
    expect(hub.version(dg, testRecord().id)).toMatchObject({ goneVersion: 1 });
  });

  it("is kept by the city until all have acknowledged its end, and as long yet as one may be put back to before", async () => {
    const kept = () =>
      hub.about(testRecord().subject, [testRecord().item]).map(({ record }) => record.version);
    const { first, on } = await readBy([baoan]);
    await read(baoan, on);
    const second = await pageOf(
      [testRecord({ version: 2, disclosedUntil: "2026-01-31" })],
      following(first, 2),
    );
    await told(second);
    const compact = (day: string, heardBefore = testNow + 1) =>
      compactSharing(hub, { forgetBefore: 0, today: day, heardBefore });
    await compact("2026-01-31");
    expect(kept(), "its last day").toEqual([2]);
    today = "2026-02-01";
    await compact(today);
    expect(kept(), "one has not heard").toEqual([2]);
    expect(versionsIn(await read(baoan, on))).toEqual([2]);
    const after = { after: 2, head: headHash(second.head) };
    await read(baoan, after);
    await compact(today);
    expect(kept(), "it has gone past, and not acknowledged it").toEqual([2]);
    await read(baoan, { ...after, receipts: [await receiptOf(baoan, second, 2)] });
    await compact(today, testNow);
    expect(kept(), "it may be put back").toEqual([2]);
    expect(hub.isBlank(dg, testRecord().id, today)).toBe(false);
    await compact(today);
    expect(kept()).toEqual([]);
    expect(hub.isBlank(dg, testRecord().id, today)).toBe(true);
    expect(hub.version(dg, testRecord().id)).toMatchObject({ version: 2 });
    expect(versionsIn(await read(baoan))).toEqual([null, null]);
    const anew = await pageOf([testRecord({ version: 2, disclosedUntil: "2026-01-31" })], {
      feed: secondFeed,
    });
    await told(anew);
    expect(kept(), "its source tells the same in another feed").toEqual([]);
    const third = { ...following(anew, 2), feed: secondFeed };
    await told(await pageOf([testRecord({ version: 3 })], third));
    expect(kept(), "it is disclosed again").toEqual([3]);
  });

  it("is not kept for who has not asked for too long, nor the bare fact that it is gone blanked", async () => {
    const { first, on } = await readBy([baoan]);
    await read(baoan, on);
    const other = testRecord({ id: "penalty:2", disclosedUntil: "2025-12-31", state: "repaired" });
    await told(
      await pageOf([testRecord({ version: 2, disclosedUntil: "2025-12-31" }), other], following(first, 2)),
    );
    const [absent] = hub.absentSince(testNow + 1);
    if (absent !== undefined) hub.setLapsed(absent);
    await completing.complete();
    await compactSharing(hub, { forgetBefore: 0, today, heardBefore: testNow + 1 });
    expect(hub.behind(1, 1_000).flatMap(({ lines }) => lines.map((line) => line?.line != null))).toEqual([
      false,
      true,
    ]);
  });

  it("is not kept for good where its page is missing, nor are others for that", async () => {
    const { first } = await readBy([baoan]);
    const second = await pageOf(
      [testRecord({ version: 2, disclosedUntil: "2025-12-31" })],
      following(first, 2),
    );
    await told(second);
    const [absent] = hub.absentSince(testNow + 1);
    if (absent !== undefined) hub.setLapsed(absent);
    const file = new Database(join(folder, "sharing.db"));
    file.exec("DELETE FROM page WHERE position = 2");
    file.close();
    await compactSharing(hub, { forgetBefore: 0, today, heardBefore: testNow });
    expect(hub.isBlank(dg, testRecord().id, today)).toBe(true);
  });

  it("is kept for nobody who wants nothing any more: it is neither behind nor away, unless it is waited for yet", async () => {
    const nothing = { ...all, items: [] };
    const { first, on } = await readBy([baoan, hz]);
    await read(baoan, on);
    const second = await pageOf(
      [testRecord({ version: 2, disclosedUntil: "2025-12-31" })],
      following(first, 2),
    );
    await told(second);
    await read(hz, { subscription: nothing });
    expect(hub.standing().subscribers.map(({ node }) => node)).toEqual([baoan]);
    const absent = () => hub.absentSince(testNow + 1).map(({ node }) => node);
    expect(absent(), "what it was given before it has left").toEqual([hz, baoan]);
    const receipts = async (node: NodeId) => [await receiptOf(node, second, 2)];
    await read(hz, { subscription: nothing, receipts: await receipts(hz) });
    expect(absent()).toEqual([baoan]);
    await read(baoan, { after: 2, head: headHash(second.head), receipts: await receipts(baoan) });
    await compactSharing(hub, { forgetBefore: 0, today, heardBefore: testNow + 1 });
    expect(hub.isBlank(dg, testRecord().id, today)).toBe(true);
  });

  it("is told, after all, to who was given it by a gateway that has been restarted since", async () => {
    const restart = () => {
      hub.close();
      hub = openHub(join(folder, "sharing.db"));
      completing = createCompleting({ ...common(), self: city, signer: signer("sz") });
    };
    const { first, on } = await readBy([baoan, hz]);
    restart();
    const second = await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2));
    await told(second);
    restart();
    for (const holder of [baoan, hz]) expect(versionsIn(await read(holder, on))).toEqual([2]);
    expect(versionsIn(await read(city))).toEqual([null, null]);
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
    const receipts = [await receiptOf(baoan, first, 1)];
    expect(await read(baoan, { after: 1, head: headHash(first.head), receipts })).toMatchObject({
      position: 1,
    });
    expect(hub.standing().subscribers).toMatchObject([{ position: 1, behind: 0, behindSince: null }]);
  });

  it("is seen to be behind where it has gone past pages that it could not take", async () => {
    const first = await pageOf([one]);
    const second = await pageOf([testRecord({ id: "penalty:2" })], following(first, 2));
    const theirs = await pageOf([testRecord({ jurisdiction: "441300" })], {}, hz);
    for (const page of [first, second]) await told(page);
    await told(theirs, hz);
    const { position: after } = await read(baoan);
    const past = { after, head: headHash(theirs.head) };
    await read(baoan, { ...past, receipts: [await receiptOf(baoan, first, 1)] });
    const [reader] = hub.standing().subscribers;
    expect(reader).toMatchObject({ position: after, behind: 2, behindSince: testNow, missing: [dg, hz] });
    const given = { source: hz, feed: firstFeed, upTo: 1, head: past.head, iat: seconds, refused: [] };
    const ofTheirs = await signReceipt({ iss: baoan, ...given }, signer(baoan));
    await read(baoan, { ...past, receipts: [await receiptOf(baoan, second, 2), ofTheirs] });
    expect(hub.standing().subscribers).toMatchObject([{ behind: 0, behindSince: null, missing: [] }]);
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
      { record: one.id, holders: [{ node: baoan }] },
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

  describe.each(["enterprise", "social-organisation"] as const)(
    "while it may not hold the item, with the record of the kind %s then",
    (kind) => {
      const subscription = { ...all, subjectKinds: ["enterprise" as const] };
      const changed = { subject: { ...one.subject, kind } };

      /** Given the first version; the second comes meanwhile, and the member does not learn of any of that. */
      async function toldMeanwhile() {
        const first = await pageOf([one]);
        await told(first);
        const { position } = await read(baoan, { subscription });
        catalogue = listing({ disclosure: "government-shared", shareScope: ["city"] });
        const second = await pageOf([testRecord({ ...changed, version: 2 })], following(first, 2));
        await told(second);
        expect(hub.corrections(dg, 10)).toEqual([]);
        catalogue = listing({});
        return { second, on: { after: position, head: headHash(first.head), subscription } };
      }

      it("is waited for with the next version, once it may: it holds the first", async () => {
        const { second, on } = await toldMeanwhile();
        await told(await pageOf([testRecord({ ...changed, version: 3 })], following(second, 3)));
        expect(hub.corrections(dg, 10)).toMatchObject([{ holders: [{ node: baoan }] }]);
        expect(versionsIn(await read(baoan, on))).toEqual([null, 3]);
      });

      it("is waited for when it is told no more, once it may: it holds the first", async () => {
        await toldMeanwhile();
        await told(await pageOf([testRecord({ id: "penalty:2" })], { feed: secondFeed }));
        expect(hub.corrections(dg, 10)).toMatchObject([
          { record: one.id, effect: "withdrawn", holders: [{ node: baoan }] },
        ]);
      });
    },
  );

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

describe("what a feed that is whole has not named", () => {
  const stays = testRecord();
  const records = Array.from({ length: 1_200 }, (_, at) => testRecord({ id: `penalty:gone-${at}` }));

  /** All of them, and the one that stays. */
  async function tellAll(): Promise<void> {
    const pages = [records.slice(0, 400), records.slice(400, 800), [...records.slice(800), stays]];
    let before: SealedTestPage | undefined;
    for (const [at, some] of pages.entries()) {
      const place = before === undefined ? {} : following(before, at * 400 + 1);
      before = await pageOf(some, { ...place, complete: at === 2 });
      await told(before);
    }
  }
  const held = () => hub.told(dg, stays.subject, [stays.item]);
  const placeBehind = ({ position, pages }: Delivery): Asking => ({
    after: position,
    head: headHash(unpackPage(pages.at(-1) ?? { lines: "", head: "" })?.head ?? ""),
  });
  const reopen = () => {
    hub.close();
    hub = openHub(join(folder, "sharing.db"));
    completing = createCompleting({ ...common(), self: city, signer: signer("sz") });
  };
  /** A city that dies at that turn. */
  const dyingAt = (turn: number): OpenedHub => {
    const { sweep } = hub;
    let turns = 0;
    return {
      ...hub,
      sweep(page, after) {
        turns += 1;
        if (turns === turn) throw new Error("killed");
        return sweep(page, after);
      },
    };
  };

  it("goes in turns, each of so many, and readers go in between", async () => {
    await tellAll();
    const turns: (string | undefined)[] = [];
    const { sweep } = hub;
    hub = {
      ...hub,
      sweep(page, after) {
        const next = sweep(page, after);
        turns.push(next);
        return next;
      },
    };
    const swept = told(await pageOf([stays], { feed: secondFeed }));
    await read(baoan);
    await swept;
    expect(turns).toHaveLength(3);
    expect(turns.at(-1)).toBeUndefined();
    expect(held()?.records).toEqual([stays]);
    await told(await pageOf([stays], { feed: secondFeed }));
    expect(turns, "it was taken before").toHaveLength(3);
  });

  it("is acknowledged also with the next feed that is whole", async () => {
    await tellAll();
    let on: Asking = {};
    for (let at = 0; at < 3; at += 1) on = placeBehind(await read(baoan, on));
    await told(await pageOf([stays], { feed: secondFeed }));
    const anew = await pageOf([stays], { feed: thirdFeed });
    await told(anew);
    await read(baoan, { receipts: [await receiptOf(baoan, anew, 1, thirdFeed)] });
    const completed = hub.corrections(dg, 2_000).filter(({ completion }) => completion !== undefined);
    expect(completed).toHaveLength(1_200);
  });

  it.each([1, 2, 3])(
    "is gone on with where it was cut off at turn %i, seen as whole by nobody until then",
    async (turn) => {
      await tellAll();
      let on: Asking = {};
      for (let at = 0; at < 3; at += 1) on = placeBehind(await read(baoan, on));
      const anew = await pageOf([stays], { feed: secondFeed });
      hub = dyingAt(turn);
      await expect(told(anew)).rejects.toThrow("killed");
      reopen();
      expect(held()?.records.length).toBe(turn === 1 ? 1_201 : undefined);
      expect(await told(anew)).toMatchObject({ feed: secondFeed, upTo: 1 });
      expect(held()?.records).toEqual([stays]);
      const corrections = hub.corrections(dg, 2_000);
      expect(corrections).toHaveLength(1_200);
      expect(new Set(corrections.map(({ seq }) => seq)).size).toBe(1_200);
      for (const { effect, holders } of corrections) {
        expect([effect, holders]).toEqual(["withdrawn", [{ node: baoan }]]);
      }
      await read(baoan, { receipts: [await receiptOf(baoan, anew, 1, secondFeed)] });
      expect(statements().every((said) => said?.holders[0]?.node === baoan)).toBe(true);
    },
  );

  /** By a city that dies before it takes the page. */
  async function sweptAndKilled(named = testRecord({ id: "penalty:other" })): Promise<SealedTestPage> {
    const whole = hub;
    hub = {
      ...whole,
      take() {
        throw new Error("killed");
      },
    };
    const anew = await pageOf([named], { feed: secondFeed });
    await expect(told(anew)).rejects.toThrow("killed");
    hub = whole;
    return anew;
  }

  it("is handed to nobody any more, whose question came before", async () => {
    await told(await pageOf([stays]));
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
    await sweptAndKilled();
    opened.resolve();
    expect(versionsIn(await reading)).toEqual([null]);
    expect(hub.corrections(dg, 10)).toMatchObject([{ effect: "withdrawn", holders: [{ node: baoan }] }]);
  });

  it.each([
    ["names it no more", testRecord({ id: "penalty:other" })],
    ["names it", testRecord({ version: 2, state: "repaired" })],
  ])(
    "is late for nobody who has applied its repair, while the page is not taken that %s",
    async (_what, named) => {
      const first = await pageOf([stays]);
      await told(first);
      await read(baoan);
      const second = await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2));
      await told(second);
      await sweptAndKilled(named);
      await read(baoan, { receipts: [await receiptOf(baoan, second, 2)] });
      expect(statements()).toMatchObject([{ holders: [{ node: baoan }] }]);
    },
  );

  it("is told that it is repaired, who has not heard of that, until the page is taken that ends its feed", async () => {
    const first = await pageOf([stays]);
    await told(first);
    await read(baoan);
    await told(await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2)));
    const anew = await sweptAndKilled();
    const on = { after: 1, head: headHash(first.head) };
    expect(versionsIn(await read(baoan, on))).toEqual([2]);
    await told(anew);
    await compactSharing(hub, { forgetBefore: 0, today, heardBefore: testNow });
    expect(versionsIn(await read(baoan, on)), "its feed is gone").toEqual([1]);
    expect(hub.isBlank(dg, stays.id, today)).toBe(true);
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

  it("waits for who was handed a version whose line was lost, and is handed to them", async () => {
    const first = await handedTo(baoan);
    const file = new Database(join(folder, "sharing.db"));
    file.exec("DELETE FROM change");
    file.close();
    await told(await pageOf([testRecord({ version: 2, state: "repaired" })], following(first, 2)));
    expect(hub.corrections(dg, 10)).toMatchObject([{ effect: "repaired", holders: [{ node: baoan }] }]);
    expect(versionsIn(await read(baoan))).toEqual([null, 2]);
    expect(versionsIn(await read(hz))).toEqual([null, null]);
  });

  /** Loses lines of which the latest versions are. */
  const loseLines = () => {
    const file = new Database(join(folder, "sharing.db"));
    file.exec("DELETE FROM change");
    file.close();
  };

  it.each(["current", "repaired"])(
    "is handed also to who has not heard of the %s version whose line was lost, whichever comes then",
    async (state) => {
      const first = await handedTo(baoan);
      const second = await pageOf([testRecord({ version: 2, state })], following(first, 2));
      await told(second);
      loseLines();
      const third = await pageOf([testRecord({ version: 3, state: "withdrawn" })], following(second, 3));
      await told(third);
      expect(versionsIn(await read(baoan, { after: 1, head: headHash(first.head) }))).toEqual([null, 3]);
    },
  );

  it("is not told to who wanted none of it, though its line was lost and told again as it was", async () => {
    const page = await pageOf([one]);
    const elsewhere = { ...all, jurisdictions: [jurisdictionSchema.parse("440306")] };
    await told(page);
    await read(hz);
    await read(baoan, { subscription: elsewhere });
    loseLines();
    const again = await pageOf([one], following(page, 2));
    expect(await told(again)).toMatchObject({ refused: [] });
    const on = { after: 1, head: headHash(page.head) };
    expect(versionsIn(await read(baoan, { ...on, subscription: elsewhere }))).toEqual([null]);
    await told(await pageOf([testRecord({ version: 2, state: "repaired" })], following(again, 3)));
    expect(hub.corrections(dg, 10)).toMatchObject([{ holders: [{ node: hz }] }]);
  });

  it("is told again to who has an older version of another kind yet, its line having been lost", async () => {
    const enterprises = { ...all, subjectKinds: ["enterprise" as const] };
    const first = await pageOf([one]);
    await told(first);
    await read(baoan, { subscription: enterprises });
    const moved = testRecord({ subject: { ...one.subject, kind: "social-organisation" }, version: 2 });
    const second = await pageOf([moved], following(first, 2));
    await told(second);
    loseLines();
    await told(await pageOf([moved], following(second, 3)));
    const on = { after: 1, head: headHash(first.head), subscription: enterprises };
    expect(versionsIn(await read(baoan, on))).toEqual([null, 2]);
  });

  it("waits for nobody who was handed nothing since its source had named the record no more", async () => {
    const first = await handedTo();
    const second = await pageOf([testRecord({ version: 2, state: "withdrawn" })], following(first, 2));
    await told(second);
    const third = await pageOf([testRecord({ version: 3 })], following(second, 3));
    await told(third);
    const without = await pageOf([testRecord({ id: "penalty:other" })], { feed: secondFeed });
    await told(without);
    expect(versionsIn(await read(hz))).toEqual([null, null, null, 1]);
    const again = { ...following(without, 2), feed: secondFeed };
    const back = await pageOf([testRecord({ version: 3 })], again);
    await told(back);
    const last = await pageOf([testRecord({ version: 4, state: "repaired" })], {
      ...following(back, 3),
      feed: secondFeed,
    });
    await told(last);
    expect(hub.corrections(dg, 10)).toEqual([]);
  });

  it("waits on with the version after one whose line was lost", async () => {
    const first = await handedTo(baoan);
    const second = await pageOf([testRecord({ version: 2 })], following(first, 2));
    await told(second);
    const file = new Database(join(folder, "sharing.db"));
    file.exec("DELETE FROM change");
    file.close();
    const third = await pageOf([testRecord({ version: 3 })], following(second, 3));
    await told(third);
    await read(baoan, { receipts: [await receiptOf(baoan, second, 2)] });
    expect(statements(), "it has read to the second").toEqual([undefined, undefined]);
    await read(baoan, { receipts: [await receiptOf(baoan, third, 3)] });
    expect(statements()).not.toContain(undefined);
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
    const reading = { after: 0, scope: { ...all, items: [one.item], missed: [] } };
    hub.handed({ node: baoan, position: 0, subscription: all }, reading, testNow);
    await told(await pageOf([testRecord({ version: 2 })], following(first, 2)));
    expect(hub.corrections(dg, 10)).toMatchObject([{ holders: [{ node: baoan }] }]);
  });
});
