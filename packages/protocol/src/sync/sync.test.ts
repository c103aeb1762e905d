import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseCatalogue, indexCatalogue } from "../catalogue/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import type { CreditRecord } from "../record/index.ts";
import { agreementSchema, createDirectory, roles } from "../registry/index.ts";
import { testFederation, testItem, testMember, testNow, testRecord } from "../testing/index.ts";
import {
  changeLine,
  closedTo,
  type FeedPast,
  type FeedPlace,
  feedIdSchema,
  headHash,
  isWanted,
  lineHash,
  mayHold,
  mayHoldItem,
  type OpenedPage,
  openPage,
  openReceipt,
  type Page,
  type PageHead,
  packPage,
  placeOf,
  signPageHead,
  signReceipt,
  standingOf,
  subscriptionSchema,
  unpackPage,
} from "./index.ts";

const { directory, signer } = testFederation();
const [dg, baoan] = [nodeIdSchema.parse("dg"), nodeIdSchema.parse("sz-baoan")] as const;
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const another = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f61");
const salt = Buffer.alloc(16, 7);
const seconds = testNow / 1000;

const records = (count: number, change: object = {}): CreditRecord[] =>
  Array.from({ length: count }, (_, at) => testRecord({ id: `penalty:${at}`, ...change }));

interface Lines {
  readonly lines: readonly string[];
}

const headOf = (lines: readonly string[], change: Partial<PageHead> = {}): PageHead => ({
  iss: dg,
  feed,
  iat: seconds,
  from: 1,
  prev: null,
  hashes: lines.map(lineHash),
  complete: true,
  ...change,
});

async function pageOf(
  count = 3,
  change: Partial<PageHead> = {},
  by = "dg",
): Promise<Page & { lines: string[] }> {
  const lines = records(count).map((record, at) => changeLine((change.from ?? 1) + at, salt, record));
  return { head: await signPageHead(headOf(lines, change), signer(by)), lines };
}

async function opened(change: Partial<PageHead> = {}, count = 3) {
  const page = openPage(await pageOf(count, change), dg, directory);
  if (!page.ok) throw new Error(page.error.detail);
  return page.value;
}

describe("a page of changes", () => {
  it("opens as its source signed it, whoever hands it on", async () => {
    const page = await pageOf();
    expect(openPage(page, dg, directory)).toMatchObject({
      ok: true,
      value: { last: 3, hash: headHash(page.head), changes: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] },
    });
  });

  it("opens with lines withheld, and the others are proved the same", async () => {
    const page = await pageOf();
    const { lines } = page;
    const some = openPage({ ...page, lines: [null, lines[1] ?? "", null] }, dg, directory);
    expect(some).toMatchObject({ ok: true, value: { changes: [null, { seq: 2 }, null] } });
  });

  it("says of a line withheld nothing that could be tried out: the same record has another hash each time", () => {
    const [record] = records(1);
    if (record === undefined) throw new Error("no record");
    const hashes = [1, 2].map((byte) => lineHash(changeLine(1, Buffer.alloc(16, byte), record)));
    expect(new Set(hashes).size).toBe(2);
  });

  it.each([
    ["a line changed", ({ lines: [first = "", ...more] }: Lines) => [first.replace("2025", "2024"), ...more]],
    [
      "two lines in each other's place",
      ({ lines: [one = "", two = "", ...more] }: Lines) => [two, one, ...more],
    ],
    ["a line too few", ({ lines }: Lines) => lines.slice(1)],
    ["a line too many", ({ lines }: Lines) => [...lines, lines[0] ?? ""]],
  ] as const)("does not open with %s", async (_what, change) => {
    const page = await pageOf();
    expect(openPage({ ...page, lines: change(page) }, dg, directory)).toMatchObject({
      error: { code: "sync.page-invalid" },
    });
  });

  it.each([
    ["signed by another member", {}, "sz-baoan"],
    ["signed before its key counted", { iat: 1 }, "dg"],
    ["named another's", { iss: baoan }, "dg"],
    ["of a place that its lines do not name", { from: 1, hashes: [] as string[] }, "dg"],
  ] as const)("does not open when it is %s", async (_what, change, by) => {
    const { lines } = await pageOf();
    const head = await signPageHead(headOf(lines, change), signer(by));
    expect(openPage({ head, lines }, dg, directory)).toMatchObject({ error: { code: "sync.page-invalid" } });
  });

  it("has a line of nothing but the fact when a record is repaired or withdrawn", () => {
    for (const state of ["repaired", "withdrawn"] as const) {
      const [record] = records(1, { state });
      if (record === undefined) throw new Error("no record");
      const line = changeLine(1, salt, record);
      expect(line).not.toContain("示例制造有限公司");
      expect(JSON.parse(line).record).toMatchObject({ state, subjectName: "", fields: {} });
    }
  });

  it("is packed and unpacked as it was, whatever is withheld", () => {
    const line = fc.oneof(
      fc.constant(null),
      fc.object().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 50 }), (lines) => {
        expect(unpackPage(packPage({ head: "h", lines }))).toEqual({ head: "h", lines });
      }),
    );
  });

  it("is none when it unpacks to more than a page may have, is torn, or is no UTF-8", () => {
    const bomb = packPage({ head: "h", lines: ["x".repeat(2 * 1024 * 1024)] });
    expect(unpackPage(bomb)).toBeUndefined();
    const { lines } = packPage({ head: "h", lines: ["a"] });
    expect(unpackPage({ head: "h", lines: lines.slice(0, -8) })).toBeUndefined();
    const cut = Buffer.from("乙").subarray(0, 2);
    expect(unpackPage({ head: "h", lines: gzipSync(cut).toString("base64") })).toBeUndefined();
    expect(unpackPage(packPage({ head: "h", lines: Array(501).fill("a") }))).toBeUndefined();
    expect(unpackPage(packPage({ head: "h", lines: Array(500).fill("a") }))?.lines).toHaveLength(500);
  });
});

it("a page does not open when it names none before it and is not the first", async () => {
  expect(openPage(await pageOf(3, { from: 4 }), dg, directory).ok).toBe(false);
  expect(openPage(await pageOf(3, { from: 4, prev: "A".repeat(43) }), dg, directory).ok).toBe(true);
});

describe("a page of nothing", () => {
  it("opens when it is a whole feed's first, and what its source tells later follows it", async () => {
    const nothing = await pageOf(0);
    const packed = unpackPage(packPage(nothing));
    if (packed === undefined) throw new Error("no page");
    const page = openPage(packed, dg, directory);
    if (!page.ok) throw new Error(page.error.detail);
    expect(page.value).toMatchObject({ from: 1, last: 0, changes: [] });
    const past: FeedPast = {
      place: placeOf(page.value),
      took: ({ hash }) => hash === page.value.hash,
      knows: () => true,
    };
    expect(standingOf(await opened({ prev: page.value.hash }), past)).toBe("next");
    expect(standingOf(await opened(), past), "of another beginning").toBe("forked");
    const none: FeedPast = { place: undefined, took: () => false, knows: () => false };
    expect(standingOf(await opened({ prev: page.value.hash }), none), "without it").toBe("ahead");
  });

  it.each([
    ["not whole", { complete: false }],
    ["not its first", { from: 4, prev: "A".repeat(43) }],
  ])("does not open when it is of a feed that is %s", async (_what, change) => {
    expect(openPage(await pageOf(0, change), dg, directory).ok).toBe(false);
  });

  it("does not open with a line", async () => {
    const { head } = await pageOf(0);
    expect(
      openPage({ head, lines: records(1).map((each) => changeLine(1, salt, each)) }, dg, directory).ok,
    ).toBe(false);
  });
});

describe("the place of a page in its feed", () => {
  const held = (upTo: number, head: string): FeedPlace => ({ feed, upTo, head });

  /** Of who has taken these pages, and no others. */
  const past = (place?: FeedPlace, ...pages: readonly OpenedPage[]): FeedPast => ({
    place,
    took: ({ hash }) => pages.some((page) => page.hash === hash),
    knows: (id) => pages.some((page) => page.feed === id),
  });

  it("is told by the chain of heads", async () => {
    const first = await opened();
    const place = placeOf(first);
    const second = await opened({ from: 4, prev: place.head });
    expect(standingOf(first, past())).toBe("anew");
    expect(standingOf(second, past())).toBe("ahead");
    expect(standingOf(first, past(place, first))).toBe("held");
    expect(standingOf(second, past(place, first))).toBe("next");
    expect(standingOf(await opened({ from: 7, prev: place.head }), past(place, first))).toBe("ahead");
    expect(standingOf(first, past(placeOf(second), first, second)), "long taken").toBe("held");
    expect(standingOf(await opened({ feed: another }), past(place, first))).toBe("anew");
    const later = await opened({ feed: another, from: 4, prev: place.head });
    expect(standingOf(later, past(place, first))).toBe("ahead");
  });

  it("is of a feed that another has replaced when it comes late, and brings nothing back", async () => {
    const [old, late] = [await opened(), await opened({ iat: seconds + 1 })];
    const anew = await opened({ feed: another });
    expect(standingOf(old, past(placeOf(anew), old, anew))).toBe("held");
    expect(standingOf(late, past(placeOf(anew), old, anew))).toBe("replaced");
  });

  it("is of another past when it does not name the page before it, or differs from the one held", async () => {
    const first = await opened();
    const taken = past(placeOf(first), first);
    expect(standingOf(await opened({ from: 4, prev: "A".repeat(43) }), taken)).toBe("forked");
    expect(standingOf(await opened({ iat: seconds + 1 }), taken)).toBe("forked");
    expect(standingOf(await opened({}, 5), past(held(4, first.hash), first)), "it ends elsewhere").toBe(
      "forked",
    );
    const second = await opened({ from: 4, prev: first.hash });
    const other = await opened({ iat: seconds + 1 });
    expect(standingOf(other, past(placeOf(second), first, second)), "long past, and another").toBe("forked");
  });
});

describe("a receipt", () => {
  const receipt = { iss: baoan, source: dg, feed, upTo: 3, head: "A".repeat(43), iat: seconds, refused: [] };

  it("opens for its holder, signed by nobody else", async () => {
    const text = await signReceipt(receipt, signer("sz-baoan"));
    expect(openReceipt(text, baoan, directory)).toEqual(receipt);
    expect(openReceipt(text, dg, directory)).toBeUndefined();
    expect(openReceipt(await signReceipt(receipt, signer("dg")), baoan, directory)).toBeUndefined();
    expect(openReceipt(`${text}A`, baoan, directory)).toBeUndefined();
  });
});

describe("who may hold a copy", () => {
  const [record] = records(1);
  if (record === undefined) throw new Error("no record");
  const catalogueWith = (item: object) =>
    indexCatalogue({ classes: [], items: [testItem(item)], purposes: [] });
  const district = (change: object = {}) => testMember(change);

  it.each([
    ["everyone of what is public", {}, {}, true],
    ["nobody of what the catalogue does not have", { code: "licence" }, {}, false],
    ["whose role it is shared with", { disclosure: "government-shared", shareScope: ["district"] }, {}, true],
    [
      "nobody of what the subject must authorise",
      { disclosure: "authorised", shareScope: ["district"] },
      {},
      false,
    ],
    ["not another role", { disclosure: "government-shared", shareScope: ["city"] }, {}, false],
    ["not an auditor, who reads the log and never the records", {}, { role: "auditor" }, false],
    ["not who is suspended", {}, { status: "suspended" }, false],
    ["not who was not admitted for it", {}, { scope: { items: ["licence"], purposes: "all" } }, false],
  ] as const)("%s", (_who, item, member, may) => {
    expect(mayHoldItem(district(member), record, catalogueWith(item))).toBe(may);
    expect(
      mayHold(district(member), record, { catalogue: catalogueWith(item), directory, at: testNow }),
    ).toBe(may);
  });

  it("nobody, of all that the base catalogue has for those whom the subject has authorised", () => {
    const catalogue = indexCatalogue(baseCatalogue());
    const closed = [...catalogue.items.values()].filter(({ disclosure }) => disclosure === "authorised");
    expect(closed.length).toBeGreaterThan(0);
    for (const { code, shareScope } of closed) {
      for (const role of roles.filter((each) => shareScope.includes(each)))
        expect(mayHoldItem(district({ role }), { item: code }, catalogue), `${role} ${code}`).toBe(false);
    }
  });

  const memberOf = (node: typeof dg) => {
    const member = directory.member(node);
    if (member === undefined) throw new Error("no such member");
    return member;
  };
  const cities = (agreements: readonly object[]) => {
    const base = { between: ["4403", "4419"], purposes: "all", notBefore: "2025-01-01T00:00:00Z" };
    const made = createDirectory({
      version: 1,
      members: [memberOf(baoan), memberOf(dg)],
      agreements: agreements.map((each) => agreementSchema.parse({ ...base, ...each })),
    });
    if (!made.ok) throw new Error(made.error.join("; "));
    return made.value;
  };
  const day = 86_400_000;
  const until = new Date(testNow + day).toISOString();

  it.each([
    ["by an agreement of the two cities", [{}], 0, true],
    ["not without one", [], 0, false],
    ["not by one of others", [{ between: ["4403", "4413"] }], 0, false],
    ["not by one that names purposes: a copy may be used for any", [{ purposes: ["bid-review"] }], 0, false],
    ["by one up to its last instant", [{ notAfter: until }], day - 1, true],
    ["not by one that has ended", [{ notAfter: until }], day, false],
  ] as const)("may hold what is from another city %s", (_how, agreements, later, may) => {
    const rules = { catalogue: catalogueWith({}), directory: cities(agreements), at: testNow + later };
    expect(mayHold(memberOf(baoan), record, rules)).toBe(may);
    expect(closedTo(memberOf(baoan), rules)).toEqual(may ? [] : ["441900"]);
    expect(mayHold(memberOf(dg), record, rules), "what is from its own").toBe(true);
  });

  it("wants what its subscription says", () => {
    const all = { items: "all", jurisdictions: "all", subjectKinds: "all" };
    const wants = (change: object) => isWanted(record, subscriptionSchema.parse({ ...all, ...change }));
    expect(wants({})).toBe(true);
    expect(wants({ items: ["licence"] })).toBe(false);
    expect(wants({ jurisdictions: ["441900"] })).toBe(true);
    expect(wants({ jurisdictions: ["440306"] })).toBe(false);
    expect(wants({ subjectKinds: ["individual"] })).toBe(false);
  });
});
