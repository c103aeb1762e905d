import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Followed, followPlatform, stream } from "./testing/followed.ts";
import type { Platform } from "./testing/platform.ts";
import { triggerSql } from "./trigger-sql.ts";

const overlapSeconds = 60;
const minuteMs = 60_000;
const column = { by: "column", column: "changed", overlapSeconds } as const;
const triggers = { by: "triggers" } as const;
const compare = { by: "compare" } as const;
const done = { ok: true, value: { again: false } };

/** The triggers that the product prints, for the test's table. */
export const testTriggers = (dialect: Platform["dialect"]) =>
  triggerSql(
    {
      table: "penalty",
      key: "id",
      changes: triggers,
    },
    dialect,
  );

/** What following a platform's table keeps to, whatever the database. */
export function describeTable(name: string, open: () => Promise<Platform>): void {
  describe(name, () => describeWays(open));
}

function describeWays(open: () => Promise<Platform>): void {
  let platform: Platform;
  let followed: Followed;
  beforeEach(async () => {
    platform = await open();
  });
  afterEach(async () => {
    await followed.close();
    await platform.close();
  });

  const putMany = (count: number) => platform.putMany(count);
  const received = () => followed.taken.reduce((sum, counts) => sum + counts.received, 0);

  describe("followed by a column", () => {
    it("is taken page by page, then only what has changed; again, nothing", async () => {
      await putMany(450);
      followed = await followPlatform(platform, column);
      expect(await followed.run()).toMatchObject(done);
      expect(received()).toBe(450);
      await platform.put(7, 1_000, { CF_NR: "罚款一万元" });
      await followed.run();
      await followed.run();
      expect(received()).toBe(451);
      expect([...followed.held(7), ...followed.held(8)]).toEqual(["2 current", "1 current"]);
    });

    it("takes a row whose mark is older than what was read, within the overlap", async () => {
      await platform.put(1, 1_000);
      followed = await followPlatform(platform, column);
      await followed.run();
      await platform.put(2, 500);
      followed.intake.now += overlapSeconds * 1000;
      await followed.run();
      expect(followed.held(2)).toEqual(["1 current"]);
    });

    it("reads again no more than has not settled", async () => {
      await putMany(3);
      followed = await followPlatform(platform, column);
      for (let round = 0; round < 3; round += 1) {
        await followed.run();
        followed.intake.now += 2 * minuteMs;
      }
      await platform.put(9, 2);
      await followed.run();
      expect(followed.held(9)).toEqual([]);
    });

    it("goes on where it was after a stop in the middle", async () => {
      await putMany(450);
      followed = await followPlatform(platform, column);
      await followed.step();
      await followed.restart();
      await followed.run();
      expect(received()).toBe(450);
    });

    it("says so when a row has no mark", async () => {
      await platform.put(1, 1);
      await platform.run("UPDATE penalty SET changed = NULL");
      followed = await followPlatform(platform, column);
      expect(await followed.run()).toMatchObject({ error: { code: "intake.mark-missing" } });
    });

    it("is compared when it is due, for all that rows have no mark", async () => {
      await putMany(3);
      followed = await followPlatform(platform, column, { compareEveryMinutes: 10 });
      await followed.run();
      await platform.run("UPDATE penalty SET changed = NULL, state = 'revoked' WHERE id = 3");
      await platform.run("DELETE FROM penalty WHERE id = 2");
      followed.intake.now += 10 * minuteMs;
      for (let round = 0; round < 2; round += 1) {
        expect(await followed.run()).toMatchObject({ error: { code: "intake.mark-missing" } });
        expect([1, 2, 3].flatMap(followed.held)).toEqual(["1 current", "2 withdrawn", "2 withdrawn"]);
      }
    });

    it("takes a row whose record was let go, for all that others have no mark", async () => {
      await platform.put(1, 1);
      await platform.put(2, 2, { CF_NR: "罚款一万元" }, 1);
      await platform.put(3, 3);
      await platform.run("UPDATE penalty SET changed = NULL WHERE id = 3");
      followed = await followPlatform(platform, column);
      await followed.run();
      await platform.put(1, 4, {}, 4);
      await followed.run();
      expect(followed.intake.held(1)).toMatchObject([{ state: "current", fields: { CF_NR: "罚款一万元" } }]);
    });

    it("is not led past what changes by a row marked with a day to come", async () => {
      const year = 366 * 86_400_000;
      await putMany(3);
      await platform.put(4, year);
      followed = await followPlatform(platform, column);
      for (let round = 0; round < 3; round += 1) {
        expect(await followed.run()).toMatchObject(done);
        followed.intake.now += 2 * minuteMs;
      }
      await platform.put(1, 1_000, { CF_NR: "罚款一万元" });
      await followed.run();
      expect([...followed.held(1), ...followed.held(4)]).toEqual(["2 current", "1 current"]);
      await platform.run("DELETE FROM penalty");
      for (let id = 1; id <= 200; id += 1) await platform.put(id, year);
      expect(await followed.run()).toMatchObject({ error: { code: "intake.mark-ahead" } });
    });

    it("keeps back what is no record, until it is mended", async () => {
      await platform.put(1, 1, { CF_JDRQ: "2024-02-30" });
      await platform.put(2, 2, { state: "?" });
      await platform.put(3, 3);
      followed = await followPlatform(platform, column);
      await followed.run();
      const { streams, imports } = followed.intake.store;
      expect(streams.standings()).toMatchObject([{ name: stream, rows: 3, keptBack: 2 }]);
      expect(streams.keptBack(stream, 9).map(({ reasons }) => reasons[0]?.reason)).toEqual([
        "date-not-real",
        "state-not-mapped",
      ]);
      expect(imports.openGaps()).toHaveLength(2);
      await platform.put(1, 4);
      await platform.put(2, 5, { state: "revoked" });
      await followed.run();
      expect(streams.standings()).toMatchObject([{ keptBack: 0 }]);
      expect(imports.openGaps()).toEqual([]);
      expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current", "1 withdrawn"]);
    });

    it("compares all rows every so often, where that is asked for", async () => {
      await putMany(3);
      followed = await followPlatform(platform, column, { compareEveryMinutes: 10 });
      await followed.run();
      await platform.run("DELETE FROM penalty WHERE id = 2");
      await followed.run();
      expect(followed.held(2)).toEqual(["1 current"]);
      followed.intake.now += 10 * minuteMs;
      await followed.run();
      expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current", "2 withdrawn"]);
    });
  });

  describe("followed by triggers", () => {
    beforeEach(() => platform.run(testTriggers(platform.dialect)));

    it("has what was there before, then every change, and rows that are gone", async () => {
      await putMany(250);
      followed = await followPlatform(platform, triggers);
      expect(await followed.run()).toMatchObject(done);
      expect(received()).toBe(250);
      await platform.put(1, 1, { CF_NR: "罚款一万元" });
      await platform.put(1, 1, { CF_NR: "罚款两万元" });
      await platform.run("DELETE FROM penalty WHERE id = 2");
      await platform.run("UPDATE penalty SET id = 1003 WHERE id = 3");
      await platform.put(251, 1);
      await followed.run();
      expect([1, 2, 3, 251].flatMap(followed.held)).toEqual([
        "2 current",
        "2 withdrawn",
        "1 current",
        "1 current",
      ]);
      const before = received();
      expect(await followed.run()).toMatchObject(done);
      expect(received()).toBe(before);
    });

    it("follows changes of several pages", async () => {
      await putMany(1);
      followed = await followPlatform(platform, triggers);
      await followed.run();
      await putMany(450);
      await followed.run();
      expect(received()).toBe(450);
    });

    it("lets not more than a tenth go at once without an operator's word", async () => {
      await putMany(600);
      followed = await followPlatform(platform, triggers);
      await followed.run();
      await platform.run("DELETE FROM penalty WHERE id <= 20");
      expect(await followed.run()).toMatchObject(done);
      expect(followed.held(20)).toEqual(["2 withdrawn"]);
      await platform.run("DELETE FROM penalty WHERE id <= 300");
      await platform.put(601, 1);
      expect(await followed.run()).toMatchObject({ error: { code: "intake.rows-missing", missing: 280 } });
      expect([...followed.held(21), ...followed.held(601)]).toEqual(["1 current", "1 current"]);
      followed.intake.store.streams.confirm(stream);
      expect(await followed.run()).toMatchObject(done);
      expect([21, 300, 301].flatMap(followed.held)).toEqual(["2 withdrawn", "2 withdrawn", "1 current"]);
    });

    it("lets no table go whole, however small, but any row that comes and goes between", async () => {
      await putMany(15);
      followed = await followPlatform(platform, triggers);
      await followed.run();
      await platform.put(16, 1);
      await platform.run("DELETE FROM penalty WHERE id > 1");
      expect(await followed.run()).toMatchObject(done);
      expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current", "2 withdrawn"]);
      await platform.run("DELETE FROM penalty");
      const waits = { error: { code: "intake.rows-missing", known: 1, missing: 1 } };
      expect(await followed.run()).toMatchObject(waits);
      expect(followed.held(1)).toEqual(["1 current"]);
      await platform.put(2, 1);
      await platform.run("DELETE FROM penalty");
      expect(await followed.run()).toMatchObject(waits);
      followed.intake.store.streams.confirm(stream);
      expect(await followed.run()).toMatchObject(done);
      expect(followed.held(1)).toEqual(["2 withdrawn"]);
    });

    it("does not lose what goes while all rows are compared", async () => {
      await putMany(600);
      followed = await followPlatform(platform, triggers);
      await followed.step();
      await followed.step();
      await platform.run("DELETE FROM penalty WHERE id <= 150");
      expect(await followed.run()).toMatchObject({ error: { code: "intake.rows-missing", missing: 150 } });
      followed.intake.store.streams.confirm(stream);
      expect(await followed.run()).toMatchObject(done);
      expect([150, 151].flatMap(followed.held)).toEqual(["2 withdrawn", "1 current"]);
    });

    it("compares all rows when the platform was put back to an older state", async () => {
      await putMany(3);
      followed = await followPlatform(platform, triggers);
      await followed.run();
      await platform.put(1, 1);
      await followed.run();
      // As a backup would have it: neither the change, nor any trace of another.
      await platform.run(
        platform.dialect === "sqlite"
          ? "DROP TRIGGER penalty_xinqiao_changed"
          : "ALTER TABLE penalty DISABLE TRIGGER xinqiao_note",
      );
      await platform.put(2, 1, { CF_NR: "罚款一万元" });
      await platform.run("DELETE FROM penalty_xinqiao");
      await followed.run();
      expect(followed.held(2)).toEqual(["2 current"]);
    });
  });

  describe("put back to an older state, and as far on as before", () => {
    /** The change of row 2 is in the past that was put back, where the agent has read of two others. */
    const putBack = async () => {
      await platform.run(testTriggers(platform.dialect));
      await putMany(3);
      followed = await followPlatform(platform, triggers);
      await followed.run();
      await platform.put(2, 1, { CF_NR: "罚款一万元" });
      await platform.run("DELETE FROM penalty_xinqiao WHERE key = 2");
      await platform.put(3, 1, { CF_NR: "罚款两万元" });
      await followed.run();
      expect([...followed.held(2), ...followed.held(3)]).toEqual(["1 current", "2 current"]);
    };

    it("is found at the next start", async () => {
      await putBack();
      await followed.restart();
      await followed.run();
      expect(followed.held(2)).toEqual(["2 current"]);
    });

    it("is found within a day", async () => {
      await putBack();
      followed.intake.now += 24 * 60 * minuteMs;
      await followed.run();
      expect(followed.held(2)).toEqual(["2 current"]);
    });
  });

  describe("compared", () => {
    const dueAgain = () => {
      followed.intake.now += 60 * minuteMs;
    };

    it("takes what is new or changed, and withdraws what is gone", async () => {
      await putMany(450);
      followed = await followPlatform(platform, compare);
      expect(await followed.run()).toMatchObject(done);
      await platform.put(1, 1, { CF_NR: "罚款一万元" });
      await platform.run("DELETE FROM penalty WHERE id = 2");
      await platform.put(451, 1);
      await followed.run();
      expect(received()).toBe(450);
      dueAgain();
      await followed.run();
      expect(received()).toBe(453);
      expect([1, 2, 451].flatMap(followed.held)).toEqual(["2 current", "2 withdrawn", "1 current"]);
    });

    it("lets others write while it looks for what is missing", async () => {
      await putMany(450);
      followed = await followPlatform(platform, compare);
      await followed.run();
      dueAgain();
      const before = followed.gaveWay();
      await followed.run();
      // Three pages of two batches, the last with one; then five slices of rows.
      expect(followed.gaveWay() - before).toBe(2 + 5);
    });

    it("withdraws nothing that came in behind the page", async () => {
      await putMany(250);
      followed = await followPlatform(platform, compare);
      await followed.run();
      dueAgain();
      await platform.run("DELETE FROM penalty WHERE id = 1");
      await followed.step();
      await platform.put(1, 1);
      await followed.run();
      expect(followed.held(1)).toEqual(["1 current"]);
    });

    it("lets not more than a tenth go without an operator's word, which counts for so many", async () => {
      await putMany(300);
      followed = await followPlatform(platform, compare);
      await followed.run();
      await platform.run("DELETE FROM penalty WHERE id <= 31");
      dueAgain();
      const waits = { error: { code: "intake.rows-missing", known: 300, missing: 31 } };
      expect(await followed.run()).toMatchObject(waits);
      expect(await followed.run()).toMatchObject(waits);
      expect(followed.held(1)).toEqual(["1 current"]);
      const { streams } = followed.intake.store;
      expect(streams.standings()).toMatchObject([{ missing: 31 }]);
      expect(streams.confirm(stream)).toBe(31);
      await platform.run("DELETE FROM penalty WHERE id = 32");
      expect(await followed.run()).toMatchObject({ error: { missing: 32 } });
      expect(streams.confirm(stream)).toBe(32);
      expect(await followed.run()).toMatchObject(done);
      expect([1, 32, 33].flatMap(followed.held)).toEqual(["2 withdrawn", "2 withdrawn", "1 current"]);
      expect(streams.standings()).toMatchObject([{ missing: null, rows: 268 }]);
      expect(streams.confirm(stream)).toBeUndefined();
    });

    it("lets nothing go when the table is empty all at once", async () => {
      await putMany(3);
      followed = await followPlatform(platform, compare);
      await followed.run();
      await platform.run("DELETE FROM penalty");
      dueAgain();
      expect(await followed.run()).toMatchObject({ error: { code: "intake.rows-missing", missing: 3 } });
      expect(followed.held(1)).toEqual(["1 current"]);
    });

    it("keeps back a row that says otherwise than another, and takes it when that is gone", async () => {
      await platform.put(1, 1);
      await platform.put(2, 1, { CF_NR: "罚款一万元" }, 1);
      followed = await followPlatform(platform, compare);
      await followed.run();
      expect(followed.intake.store.streams.standings()).toMatchObject([{ keptBack: 1 }]);
      await platform.run("DELETE FROM penalty WHERE id = 1");
      dueAgain();
      await followed.run();
      expect(followed.held(1)).toEqual(["4 current"]);
      expect(followed.intake.held(1)[0]?.fields.CF_NR).toBe("罚款一万元");
    });

    it("fails, and withdraws nothing, when the table cannot be read", async () => {
      await putMany(3);
      followed = await followPlatform(platform, compare);
      await followed.run();
      await platform.run("ALTER TABLE penalty RENAME TO gone");
      dueAgain();
      expect(await followed.run()).toMatchObject({ error: { code: "intake.stream-unreadable" } });
      expect(followed.held(1)).toEqual(["1 current"]);
      await platform.run("ALTER TABLE gone RENAME TO penalty");
      expect(await followed.run()).toMatchObject(done);
    });
  });
}
