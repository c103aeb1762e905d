import { feedIdSchema } from "@xinqiao/protocol/sync";
import { testItem, testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baoan, createPair, dg, listing, type Pair } from "./pair.ts";

let pair: Pair;
beforeEach(() => {
  pair = createPair();
});
afterEach(() => pair.close());

const [bad, good] = ["penalty:bad", "penalty:good"];
const [first] = testItem().fields;
/** One that wants a field which nobody fills. */
const stricter = () =>
  listing({ fields: [...testItem().fields, { ...first, name: "CF_NEW", required: true, masking: "none" }] });
const letters = () => pair.hub.letters({}, 10);
const all = {};
const heldAt = (id: string) =>
  pair.inFile("baoan.db", (file) => file.prepare("SELECT 1 FROM copy WHERE record = ?").all(id)).length;
const toldSoFar = () => pair.hub.standing().sources[0]?.upTo;

describe("what the city has refused", () => {
  beforeEach(async () => {
    pair.put(testRecord({ id: bad, fields: {} }), testRecord({ id: good }));
    await pair.tell();
    await pair.read();
  });

  it("is listed with its reason, and nothing of what it says", () => {
    expect(letters()).toEqual([
      {
        source: dg,
        record: bad,
        version: 1,
        item: "penalty",
        code: "sync.record-invalid",
        since: pair.around.now,
        isAskedFor: false,
      },
    ]);
    expect(pair.hub.letterCounts()).toEqual([{ source: dg, code: "sync.record-invalid", count: 1 }]);
    const kept = pair.inFile("sharing.db", (file) => file.prepare("SELECT * FROM dead_letter").all());
    expect(JSON.stringify(kept)).not.toContain(testRecord().subject.id);
    expect([heldAt(bad), heldAt(good)]).toEqual([0, 1]);
  });

  it("is a letter no more once its source tells something better", async () => {
    pair.put(testRecord({ id: bad }));
    await pair.tell();
    expect(letters()).toEqual([]);
    await pair.read();
    expect(heldAt(bad)).toBe(1);
  });

  it("is known to differ when copies are compared, and not told again each time", async () => {
    const before = toldSoFar();
    for (const _ of [1, 2]) {
      expect(await pair.reconcile(dg)).toMatchObject([
        { here: 2, there: 1, onlyHere: 0, refused: 1, repaired: 0, equal: true },
      ]);
    }
    expect(toldSoFar()).toBe(before);
    pair.inFile("sharing.db", (file) => file.exec(`DELETE FROM held WHERE record = '${good}'`));
    expect(await pair.reconcile(dg), "and what is missing beside it is").toMatchObject([
      { onlyHere: 1, refused: 1, repaired: 1, equal: true },
    ]);
    expect(toldSoFar()).toBe(3);
  });

  it("goes from the list with the feed that told it, when another has named everything", async () => {
    pair.inFile("dg.db", (file) => file.exec(`DELETE FROM record WHERE id = '${bad}'`));
    pair.source.outbox.beginAnew(feedIdSchema.parse("00000000-0000-4000-8000-000000000001"));
    await pair.tell();
    expect(letters()).toEqual([]);
  });

  it("is dropped from the list when an operator says so, and refused it stays", async () => {
    expect(pair.hub.dropLetters({ source: baoan })).toBe(0);
    expect(pair.hub.dropLetters({ source: dg, record: bad })).toBe(1);
    expect(letters()).toEqual([]);
    await pair.read();
    expect(heldAt(bad)).toBe(0);
  });
});

describe("what was refused and is asked for again", () => {
  beforeEach(async () => {
    pair.around.catalogue = stricter();
    pair.put(testRecord({ id: bad }), testRecord({ id: good }));
    await pair.tell();
    expect(letters()).toHaveLength(2);
  });

  it("is told with the source's next page, and taken when the city judges otherwise by then", async () => {
    pair.around.catalogue = listing({});
    expect(pair.hub.askAgain({ record: bad })).toBe(1);
    pair.put(testRecord({ id: "penalty:next" }));
    await pair.tell();
    expect(letters().map(({ record }) => record)).toEqual([good]);
    await pair.read();
    expect([heldAt(bad), heldAt(good)]).toEqual([1, 0]);
  });

  it("is told within the hour when there is nothing else to tell", async () => {
    pair.around.catalogue = listing({});
    pair.hub.askAgain(all);
    await pair.tell();
    expect(letters(), "the source has not called").toHaveLength(2);
    pair.around.now += 3_600_000;
    await pair.tell();
    expect(letters()).toEqual([]);
  });

  it("is told once, and stays refused when the city judges as before", async () => {
    pair.hub.askAgain(all);
    pair.around.now += 3_600_000;
    await pair.tell();
    expect(toldSoFar()).toBe(4);
    expect(letters()).toMatchObject([{ isAskedFor: false }, { isAskedFor: false }]);
    expect(letters()[0]?.since, "since it was refused first").toBe(pair.around.now - 3_600_000);
    pair.around.now += 3_600_000;
    await pair.tell();
    expect(toldSoFar()).toBe(4);
  });
});

describe("a version that is told twice", () => {
  const again = async (change: string) => {
    pair.put(testRecord({ id: good }));
    await pair.tell();
    pair.inFile("dg.db", (file) => file.exec(change));
    pair.source.outbox.requeue([good]);
    await pair.tell();
  };

  it("is no letter when it says the same", async () => {
    await again("SELECT 1");
    expect([toldSoFar(), letters()]).toEqual([2, []]);
  });

  it("is one when it says something else, also where what is held of it was damaged", async () => {
    await again(`UPDATE record SET name = '示例改动' WHERE id = '${good}'`);
    expect(letters()).toMatchObject([{ record: good, version: 1, code: "sync.version-not-newer" }]);
    pair.inFile("sharing.db", (file) => file.exec("UPDATE change SET line = '{}'"));
    pair.source.outbox.requeue([good]);
    await pair.tell();
    expect(letters()).toHaveLength(1);
    expect(pair.hub.isAsSigned(dg, good)).toBe(false);
  });
});
