import { tellDigests } from "@xinqiao/gateway/sharing";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { groupName, rangeOf, recordKey } from "@xinqiao/protocol/digests";
import { ok } from "@xinqiao/protocol/result";
import { testNow, testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baoan, createPair, dg, directory, everything, listing, type Pair, today } from "./pair.ts";

const records = 300;

let pair: Pair;

beforeEach(async () => {
  pair = createPair();
  pair.put(...Array.from({ length: records }, (_, at) => testRecord({ id: `penalty:${at}` })));
  await pair.tell();
  await pair.read();
});

afterEach(() => pair.close());

const damage = (file: string, sql: string) => pair.inFile(file, (database) => database.exec(sql));

const asked = (path: string) => pair.questions.filter((each) => each === path).length;

describe("the city's copy of a source", () => {
  it("is proved equal with one question, and the log says so", async () => {
    expect(await pair.reconcile(dg)).toMatchObject([
      { source: dg, item: "penalty", here: records, there: records, equal: true, actedUpon: null },
    ]);
    expect(asked("/v1/digests")).toBe(1);
    expect(pair.entries.at(-1)).toMatchObject({
      kind: "copies.reconciled",
      actor: dg,
      compared: [{ source: dg, here: records, there: records, repaired: 0, equal: true }],
    });
    expect(JSON.stringify(pair.entries)).not.toContain("penalty:");
  });

  it("is told again what it has lost and what was changed in it, and nothing else", async () => {
    damage(
      "sharing.db",
      `DELETE FROM held WHERE record = 'penalty:7';
       UPDATE change SET line = replace(line, '示例制造', '示例改动') WHERE line ->> '$.record.id' = 'penalty:8';
       UPDATE change SET line = '{' WHERE line ->> '$.record.id' = 'penalty:9';`,
    );
    expect(await pair.reconcile(dg)).toMatchObject([
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
    expect(pair.entries.filter(({ kind }) => kind === "changes.taken").at(-1)).toMatchObject({
      upTo: records + 3,
    });
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyHere: 0, otherwise: 0, equal: true }]);
  });

  it("tells nobody of what it has lost, was told again and is repaired: every line of it goes", async () => {
    damage("sharing.db", "DELETE FROM held WHERE record = 'penalty:7'");
    await pair.reconcile(dg);
    pair.source.own.correct("penalty:7", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await pair.tell();
    const lines = pair.hub.behind(0, 10_000_000).flatMap((page) => page.lines);
    const told = lines.filter((line) => line?.line?.includes('"penalty:7"'));
    expect(told.map((line) => line?.isGone)).toEqual([true]);
  });

  it("takes a repair of what was damaged in it, whatever is left of the line", async () => {
    damage(
      "sharing.db",
      `UPDATE change SET line = '{' WHERE line ->> '$.record.id' = 'penalty:6';
       UPDATE change SET line = '{}' WHERE json_valid(line) AND line ->> '$.record.id' = 'penalty:7';`,
    );
    for (const id of ["penalty:6", "penalty:7"]) {
      pair.source.own.correct(id, { state: "repaired" }, "2026-01-02T00:00:00Z");
    }
    await pair.tell();
    expect(await pair.reconcile(dg)).toMatchObject([{ here: records - 2, there: records - 2, equal: true }]);
  });

  it("is not repaired while what waits is not told yet", async () => {
    damage("sharing.db", "DELETE FROM held WHERE record = 'penalty:7'");
    expect(await pair.reconcile(dg, false)).toMatchObject([{ onlyHere: 1, repaired: 0, equal: false }]);
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyHere: 1, repaired: 1, equal: true }]);
  });

  it("drops what its source has no more", async () => {
    damage("dg.db", "DELETE FROM record WHERE id = 'penalty:5'");
    expect(await pair.reconcile(dg)).toMatchObject([{ onlyThere: 1, repaired: 1, equal: true }]);
    await pair.read();
    expect(await pair.reconcile(baoan)).toMatchObject([
      { here: records - 1, there: records - 1, equal: true },
    ]);
  });

  it("is digested a little at a time: others have their turns meanwhile", async () => {
    const [group] = await pair.hub.digests.catchUp(today(), () => pair.hub.digests.groups());
    if (group === undefined) throw new Error("no group");
    const keys = Array.from({ length: 20_000 }, (_, at) => ({ at, key: recordKey(`${at}`) }));
    pair.inFile("sharing.db", (file) => {
      const add = file.prepare("INSERT INTO digest_entry VALUES ('dg', ?, ?, ?, ?, NULL)");
      const content = "A".repeat(43);
      file.transaction(() => {
        for (const { at, key } of keys) add.run(`other:${at}`, groupName(group), key, content);
      })();
    });
    let turns = 0;
    let counting = setImmediate(function count() {
      turns += 1;
      counting = setImmediate(count);
    });
    const place = { group, prefix: "" };
    const root = () => rangeOf("", pair.hub.digests.book(group));
    const { count } = await pair.hub.digests.catchUp(today(), root, [place]);
    clearImmediate(counting);
    expect(count).toBe(records + keys.length);
    // Some 4 400 reads, 500 at a time.
    expect(turns).toBeGreaterThan(7);
  });

  it("is not told to whom it is not for: digests are of what a reader may hold and wants", async () => {
    const narrow = { ...everything, subjectKinds: ["individual" as const] };
    const member = directory.member(baoan);
    if (member === undefined) throw new Error("no member");
    const group = pair.hub.digests.groups()[0];
    await pair.hub.digests.catchUp(today(), () => undefined);
    const about = group ?? pair.hub.digests.groups()[0];
    if (about === undefined) throw new Error("no group");
    const told = await tellDigests(
      {
        wanted: { subscription: narrow, ranges: [{ group: about, prefix: "" }] },
        member,
        requestId: "00000000-0000-4000-8000-000000000000",
        traceId: "0".repeat(32),
        claim: { keyId: "k", nonce: "n", expiresAt: testNow },
      },
      {
        hub: pair.hub,
        log: { append: async () => ok({ index: 0, size: 0, root: "" }) },
        directory: () => directory,
        catalogue: () => listing({}),
        now: () => testNow,
        today,
      },
    );
    expect(told).toMatchObject({ ok: true, value: { ranges: [] } });
  });
});

it("is counted for the scorecard as it comes, with corrections by the month they were opened in", async () => {
  pair.source.own.correct("penalty:4", { state: "repaired" }, "2025-12-31T22:00:00Z");
  await pair.tell();
  const at = testNow / 1000;
  expect(pair.hub.scores("2026-01", at, at + 1)).toMatchObject([
    {
      source: dg,
      month: "2026-01",
      told: records + 1,
      refused: 0,
      corrections: 1,
      completed: 0,
      hoursUntilKnown: 2,
      hours: null,
    },
  ]);
  await pair.read();
  expect(pair.hub.scores("2026-01", at, at + 1)).toMatchObject([{ corrections: 1, completed: 1, hours: 0 }]);
  expect(pair.hub.scores("2026-01", at + 1, at + 2)).toMatchObject([{ corrections: 0 }]);
  expect(pair.hub.scores("2026-02", at + 1, at + 2)).toEqual([]);
});

it("counts what a source has kept back, by its own word, this month and the one before", async () => {
  const keepBack = (startedAt: string, quarantined: number) => {
    const item = itemCodeSchema.parse("penalty");
    const session = pair.source.imports.start({ file: "b.csv", sha256: "01", item, startedAt });
    const counts = { received: 9, accepted: 0, unchanged: 9 - quarantined, quarantined, duplicates: 0 };
    session.finish(counts, startedAt);
    session.close();
  };
  for (const [at, rows] of [
    ["2025-11-30T15:59:59Z", 9],
    ["2025-12-31T15:59:59Z", 3],
    ["2025-12-31T16:00:00Z", 2],
  ] as const)
    keepBack(at, rows);
  pair.put(testRecord({ id: "penalty:new" }));
  await pair.tell();
  const keptBack = (month: string) => pair.hub.scores(month, 0, 1).map((line) => line.keptBack);
  expect([keptBack("2025-11"), keptBack("2025-12"), keptBack("2026-01")]).toEqual([[], [3], [2]]);
  pair.around.now += 3_600_001;
  keepBack("2026-01-01T00:30:00Z", 5);
  await pair.tell();
  expect(keptBack("2026-01"), "within the hour, with nothing new to tell").toEqual([7]);
});

describe("a subscriber's copies", () => {
  it("are read anew when one is lost, one changed and one too many", async () => {
    damage(
      "baoan.db",
      `DELETE FROM copy WHERE record = 'penalty:1';
       UPDATE copy SET content = replace(content, '示例制造', '示例改动') WHERE record = 'penalty:2';
       INSERT INTO copy SELECT source, 'penalty:x', feed, seq, item, scheme, subject, state,
         replace(content, 'penalty:3', 'penalty:x'), round, until FROM copy WHERE record = 'penalty:3';`,
    );
    expect(await pair.reconcile(baoan)).toMatchObject([
      { source: dg, onlyHere: 1, onlyThere: 1, otherwise: 1, repaired: 3, equal: true, received: records },
    ]);
    expect(await pair.reconcile(baoan)).toMatchObject([{ here: records, there: records, equal: true }]);
  });

  it("hold nothing that has ended, and neither does what they are compared with", async () => {
    pair.source.own.correct("penalty:4", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await pair.tell();
    await pair.read();
    expect(await pair.reconcile(baoan)).toMatchObject([
      { here: records - 1, there: records - 1, equal: true },
    ]);
  });

  it("are told apart by whether the member's own platform has them as they are now", async () => {
    const named = { name: "platform", items: "all", target: "table" } as const;
    expect(await pair.reconcile(baoan)).toMatchObject([{ here: records, actedUpon: null }]);
    pair.reader.deliveries.choose([named]);
    const queue = pair.reader.deliveries.queue(named.name);
    expect(await pair.reconcile(baoan)).toMatchObject([{ here: records, actedUpon: 0 }]);
    pair.reader.deliveries.queueSome();
    const batch = queue.seal(today(), testNow);
    expect(batch?.changes).toHaveLength(records);
    queue.taken(batch?.mark ?? "", testNow);
    expect(await pair.reconcile(baoan)).toMatchObject([{ here: records, actedUpon: records }]);
    pair.source.own.correct(
      "penalty:4",
      { state: "annotated", annotation: "异议处理中" },
      "2026-01-02T00:00:00Z",
    );
    pair.source.own.correct("penalty:5", { state: "repaired" }, "2026-01-02T00:00:00Z");
    await pair.tell();
    await pair.read();
    expect(await pair.reconcile(baoan)).toMatchObject([
      { here: records - 1, applied: records + 2, actedUpon: records - 2 },
    ]);
  });
});
