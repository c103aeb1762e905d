import { compactSharing } from "@xinqiao/gateway/sharing";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import { testRecord } from "@xinqiao/protocol/testing";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baoan, createPair, dg, everything, type Pair } from "./pair.ts";

let pair: Pair;
beforeEach(() => {
  pair = createPair();
});
afterEach(() => pair.close());

const hz = nodeIdSchema.parse("hz");
const dayMs = 86_400_000;
const ids = (count: number) => Array.from({ length: count }, (_, at) => `penalty:${at}`);
const hubRows = (sql: string) => pair.inFile("sharing.db", (file) => file.prepare(sql).all());
const kept = () => hubRows("SELECT position FROM page WHERE head <> ''").length;
const copies = () =>
  pair.inFile("baoan.db", (file) => file.prepare("SELECT record FROM copy ORDER BY record").pluck().all());
const feeds = () =>
  pair.inFile("baoan.db", (file) =>
    file.prepare("SELECT feed, count(*) AS pages FROM followed_page GROUP BY feed ORDER BY pages").all(),
  );
let begun = 0;
const aFeed = () => {
  begun += 1;
  return feedIdSchema.parse(`00000000-0000-4000-8000-${`${begun}`.padStart(12, "0")}`);
};
const beginAnew = () => pair.source.outbox.beginAnew(aFeed());
function compact(): Promise<void> {
  const { now } = pair.around;
  const terms = { forgetBefore: now - 365 * dayMs, heardBefore: now - 30 * dayMs, today: chinaDay(now) };
  return compactSharing(pair.hub, terms);
}

/** Each in a page of its own. */
async function tellEach(all: readonly string[]): Promise<void> {
  for (const id of all) {
    pair.put(testRecord({ id }));
    await pair.tell();
  }
}

describe("what nobody can ask for any more", () => {
  it("is gone from the city with the version that replaces it", async () => {
    await tellEach(ids(3));
    await pair.read();
    pair.source.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await pair.tell();
    expect(hubRows("SELECT 1 FROM change")).toHaveLength(3);
    await pair.read();
    expect(pair.hub.corrections(dg, 9)).toMatchObject([{ completion: expect.any(String) }]);
  });

  it("goes with a feed that another has replaced whole: a reader goes on from where it was, and a new one is told all", async () => {
    await tellEach(ids(3));
    await pair.read();
    await tellEach(["penalty:3", "penalty:4"]);
    beginAnew();
    await pair.tell();
    expect(kept()).toBe(6);
    await compact();
    expect(kept()).toBe(1);
    pair.questions.length = 0;
    await pair.read();
    expect(copies()).toEqual(ids(5));
    expect(pair.questions.length, "it is not sent back").toBeLessThanOrEqual(2);
    expect(await pair.reconcile(baoan)).toMatchObject([{ here: 5, there: 5, equal: true }]);
    pair.reader.inbox.readAnew();
    await pair.read();
    expect(copies()).toEqual(ids(5));
  });

  it("stays while a feed that has begun is not whole", async () => {
    await tellEach(ids(2));
    pair.put(...Array.from({ length: 600 }, (_, at) => testRecord({ id: `penalty:more-${at}` })));
    beginAnew();
    let pages = 0;
    pair.around.before = (path) => {
      pages += path === "/v1/changes" ? 1 : 0;
      if (pages > 1) throw new Error("away");
    };
    await expect(pair.tell()).rejects.toThrow("away");
    await compact();
    expect(kept()).toBe(3);
    pair.around.before = () => undefined;
    await pair.tell();
    await compact();
    expect(kept()).toBe(2);
    await pair.read();
    expect(copies()).toHaveLength(602);
  });

  it("goes at a reader, too, but for one page by which the feed is known", async () => {
    await tellEach(ids(3));
    await pair.read();
    expect(feeds()).toMatchObject([{ pages: 3 }]);
    beginAnew();
    await pair.tell();
    await pair.read();
    expect(feeds()).toMatchObject([{ pages: 1 }, { pages: 1 }]);
  });

  it("goes with corrections that were completed long ago, and with the receipts that they name", async () => {
    await tellEach(ids(2));
    await pair.read();
    for (const id of ids(2)) {
      await pair.read();
      pair.source.own.correct(id, { state: "repaired" }, "2026-01-02T00:00:00Z");
      await pair.tell();
      await pair.read();
      pair.around.now += 365 * dayMs;
    }
    const left = () =>
      ["correction", "correction_holder", "named_receipt"].map(
        (table) => hubRows(`SELECT 1 FROM ${table}`).length,
      );
    expect(left()).toEqual([2, 2, 2]);
    await compact();
    expect(left(), "one is a year old, the other not yet more than that").toEqual([1, 1, 1]);
  });
});

describe("what a whole feed does not name", () => {
  const withoutSecond = () => {
    pair.inFile("dg.db", (file) => file.exec("DELETE FROM record WHERE id = 'penalty:1'"));
    beginAnew();
  };

  it("is withdrawn: whoever was given it is waited for until it has dropped it, with the city's signed word", async () => {
    await tellEach(ids(2));
    await pair.read();
    withoutSecond();
    await pair.tell();
    const [open] = pair.hub.corrections(dg, 9);
    expect(open).toMatchObject({ effect: "withdrawn", seq: 2, holders: [{ node: baoan }] });
    expect(open?.completion).toBeUndefined();
    await pair.read();
    expect(copies()).toEqual(["penalty:0"]);
    expect(pair.hub.corrections(dg, 9)).toMatchObject([
      {
        effect: "withdrawn",
        completion: expect.any(String),
        holders: [{ acknowledgedAt: expect.any(Number) }],
      },
    ]);
    const kinds = pair.entries.map(({ kind }) => kind).filter((kind) => kind.startsWith("correction."));
    expect(kinds).toEqual(["correction.opened", "correction.completed"]);
  });

  it("is withdrawn once: not what was repaired before, nor what nobody was given", async () => {
    await tellEach(ids(2));
    await pair.read();
    pair.source.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await pair.tell();
    await tellEach(["penalty:2"]);
    pair.inFile("dg.db", (file) => file.exec("DELETE FROM record WHERE id = 'penalty:2'"));
    withoutSecond();
    await pair.tell();
    expect(pair.hub.corrections(dg, 9)).toMatchObject([{ effect: "repaired" }]);
    expect(
      pair.hub.corrections(dg, 9)[0]?.completion,
      "it is waited for in the feed that it has to read",
    ).toBeUndefined();
    await pair.read();
    expect(pair.hub.corrections(dg, 9)).toMatchObject([
      { effect: "repaired", completion: expect.any(String) },
    ]);
  });
});

describe("who has nothing left to tell", () => {
  it("takes everything back, and may tell it again", async () => {
    await tellEach(ids(2));
    await pair.read();
    pair.source.outbox.choose([], aFeed());
    await pair.tell();
    await pair.read();
    expect(copies()).toEqual([]);
    expect(pair.hub.corrections(dg, 9)).toMatchObject([
      { effect: "withdrawn", completion: expect.any(String) },
      { effect: "withdrawn", completion: expect.any(String) },
    ]);
    expect(hubRows("SELECT 1 FROM held")).toEqual([]);
    pair.source.outbox.choose("all", aFeed());
    await pair.tell();
    await pair.read();
    expect(copies()).toEqual(ids(2));
    expect(await pair.reconcile(dg)).toMatchObject([{ here: 2, there: 2, equal: true }]);
  });
});

describe("a reader that does not come back", () => {
  const entries = () => pair.entries.filter(({ kind }) => kind === "subscriber.lapsed");

  beforeEach(async () => {
    await tellEach(ids(2));
    await pair.read();
    pair.source.own.correct("penalty:0", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await pair.tell();
  });

  it("is waited for, and behind", async () => {
    pair.around.now += 30 * dayMs;
    await pair.completing.complete();
    expect(entries()).toEqual([]);
    expect(pair.hub.standing().subscribers).toMatchObject([
      { node: baoan, behind: 1, behindSince: pair.around.now - 30 * dayMs, isLapsed: false },
    ]);
  });

  it("is said to be away once, after so many days, and holds nothing up any more", async () => {
    pair.around.now += 30 * dayMs + 1;
    await pair.completing.complete();
    await pair.completing.complete();
    expect(entries()).toMatchObject([{ member: baoan, position: 2 }]);
    const [correction] = pair.hub.corrections(dg, 9);
    expect(correction?.completion).toBeDefined();
    expect(correction?.holders).toEqual([{ node: baoan }]);
    expect(hubRows("SELECT gone FROM correction_holder")).toEqual([{ gone: 1 }]);
  });

  it("is not away while the city is: so long it could not ask", async () => {
    pair.around.now += 31 * dayMs;
    pair.hub.cameBack(pair.around.now);
    await pair.completing.complete();
    pair.around.now += 60_000;
    pair.hub.cameBack(pair.around.now);
    pair.around.now += 29 * dayMs;
    await pair.completing.complete();
    expect(entries()).toEqual([]);
    expect(pair.hub.corrections(dg, 9)[0]?.completion).toBeUndefined();
    pair.around.now += 2 * dayMs;
    await pair.completing.complete();
    expect(entries()).toMatchObject([{ member: baoan }]);
  });

  it("is away also where the city is started again every week", async () => {
    for (let week = 0; week < 5; week += 1) {
      const reading = { after: 0, scope: { ...everything, items: [], missed: [] } };
      pair.hub.handed({ node: hz, position: 0, subscription: everything }, reading, pair.around.now);
      pair.hub.cameBack(pair.around.now + 60_000);
      pair.around.now += 7 * dayMs;
    }
    await pair.completing.complete();
    expect(entries()).toMatchObject([{ member: baoan }]);
  });

  it("is named by the next version as well: it has the oldest of them yet", async () => {
    pair.around.now += 30 * dayMs + 1;
    await pair.completing.complete();
    pair.source.own.correct("penalty:0", { state: "current" }, "2026-01-03T00:00:00Z");
    await pair.tell();
    expect(pair.hub.corrections(dg, 9)).toMatchObject([
      { effect: "corrected", holders: [{ node: baoan }] },
      { effect: "repaired", holders: [{ node: baoan }] },
    ]);
  });

  it("is waited for again once it is back, and has lost nothing", async () => {
    pair.around.now += 30 * dayMs + 1;
    await pair.completing.complete();
    beginAnew();
    await pair.tell();
    await compact();
    await pair.read();
    expect(pair.hub.standing().subscribers).toMatchObject([
      { behind: 0, behindSince: null, isLapsed: false },
    ]);
    expect(await pair.reconcile(baoan)).toMatchObject([{ here: 1, there: 1, equal: true }]);
    pair.source.own.correct(
      "penalty:1",
      { state: "annotated", annotation: "示例异议" },
      "2026-01-02T00:00:00Z",
    );
    await pair.tell();
    expect(pair.hub.corrections(dg, 1)[0]?.completion, "not before it has it").toBeUndefined();
    await pair.read();
    expect(pair.hub.corrections(dg, 1)[0]).toMatchObject({
      completion: expect.any(String),
      holders: [{ node: baoan, acknowledgedAt: expect.any(Number) }],
    });
  });
});
