import { describe, expect, it } from "vitest";
import { done, minuteMs, type TableTest } from "./table-test.contract.ts";
import { stream } from "./testing/followed.ts";

const overlapSeconds = 60;
const column = { by: "column", column: "changed", overlapSeconds } as const;

/** A table that is followed by a column that grows. */
export function describeColumn(test: TableTest): void {
  describe("followed by a column", () => {
    it("is taken page by page, then only what has changed; again, nothing", async () => {
      await test.platform.putMany(450);
      await test.follow(column);
      expect(await test.followed.run()).toMatchObject(done);
      expect(test.received()).toBe(450);
      await test.platform.put(7, 1_000, { CF_NR: "罚款一万元" });
      await test.followed.run();
      await test.followed.run();
      expect(test.received()).toBe(451);
      expect([...test.followed.held(7), ...test.followed.held(8)]).toEqual(["2 current", "1 current"]);
    });

    it("takes a row whose mark is older than what was read, within the overlap", async () => {
      await test.platform.put(1, 1_000);
      await test.follow(column);
      await test.followed.run();
      await test.platform.put(2, 500);
      test.followed.intake.now += overlapSeconds * 1000;
      await test.followed.run();
      expect(test.followed.held(2)).toEqual(["1 current"]);
    });

    it("reads again no more than has not settled", async () => {
      await test.platform.putMany(3);
      await test.follow(column);
      for (let round = 0; round < 3; round += 1) {
        await test.followed.run();
        test.followed.intake.now += 2 * minuteMs;
      }
      await test.platform.put(9, 2);
      await test.followed.run();
      expect(test.followed.held(9)).toEqual([]);
    });

    it("goes on where it was after a stop in the middle", async () => {
      await test.platform.putMany(450);
      await test.follow(column);
      await test.followed.step();
      await test.followed.restart();
      await test.followed.run();
      expect(test.received()).toBe(450);
    });

    it("says so when a row has no mark", async () => {
      await test.platform.put(1, 1);
      await test.platform.run("UPDATE penalty SET changed = NULL");
      await test.follow(column);
      expect(await test.followed.run()).toMatchObject({ error: { code: "intake.mark-missing" } });
    });

    it("is compared when it is due, for all that rows have no mark", async () => {
      await test.platform.putMany(3);
      await test.follow(column, { compareEveryMinutes: 10 });
      await test.followed.run();
      await test.platform.run("UPDATE penalty SET changed = NULL, state = 'revoked' WHERE id = 3");
      await test.platform.run("DELETE FROM penalty WHERE id = 2");
      test.followed.intake.now += 10 * minuteMs;
      for (let round = 0; round < 2; round += 1) {
        expect(await test.followed.run()).toMatchObject({ error: { code: "intake.mark-missing" } });
        expect([1, 2, 3].flatMap(test.followed.held)).toEqual(["1 current", "2 withdrawn", "2 withdrawn"]);
      }
    });

    it("takes a row whose record was let go, for all that others have no mark", async () => {
      await test.platform.put(1, 1);
      await test.platform.put(2, 2, { CF_NR: "罚款一万元" }, 1);
      await test.platform.put(3, 3);
      await test.platform.run("UPDATE penalty SET changed = NULL WHERE id = 3");
      await test.follow(column);
      await test.followed.run();
      await test.platform.put(1, 4, {}, 4);
      await test.followed.run();
      expect(test.followed.intake.held(1)).toMatchObject([
        { state: "current", fields: { CF_NR: "罚款一万元" } },
      ]);
    });

    it("is not led past what changes by a row marked with a day to come", async () => {
      const year = 366 * 86_400_000;
      await test.platform.putMany(3);
      await test.platform.put(4, year);
      await test.follow(column);
      for (let round = 0; round < 3; round += 1) {
        expect(await test.followed.run()).toMatchObject(done);
        test.followed.intake.now += 2 * minuteMs;
      }
      await test.platform.put(1, 1_000, { CF_NR: "罚款一万元" });
      await test.followed.run();
      expect([...test.followed.held(1), ...test.followed.held(4)]).toEqual(["2 current", "1 current"]);
      await test.platform.run("DELETE FROM penalty");
      for (let id = 1; id <= 200; id += 1) await test.platform.put(id, year);
      expect(await test.followed.run()).toMatchObject({ error: { code: "intake.mark-ahead" } });
    });

    it("keeps back what is no record, until it is mended", async () => {
      await test.platform.put(1, 1, { CF_JDRQ: "2024-02-30" });
      await test.platform.put(2, 2, { state: "?" });
      await test.platform.put(3, 3);
      await test.follow(column);
      await test.followed.run();
      const { streams, imports } = test.followed.intake.store;
      expect(streams.standings()).toMatchObject([{ name: stream, rows: 3, keptBack: 2 }]);
      expect(streams.keptBack(stream, 9).map(({ reasons }) => reasons[0]?.reason)).toEqual([
        "date-not-real",
        "state-not-mapped",
      ]);
      expect(imports.openGaps()).toHaveLength(2);
      await test.platform.put(1, 4);
      await test.platform.put(2, 5, { state: "revoked" });
      await test.followed.run();
      expect(streams.standings()).toMatchObject([{ keptBack: 0 }]);
      expect(imports.openGaps()).toEqual([]);
      expect([...test.followed.held(1), ...test.followed.held(2)]).toEqual(["1 current", "1 withdrawn"]);
    });

    it("compares all rows every so often, where that is asked for", async () => {
      await test.platform.putMany(3);
      await test.follow(column, { compareEveryMinutes: 10 });
      await test.followed.run();
      await test.platform.run("DELETE FROM penalty WHERE id = 2");
      await test.followed.run();
      expect(test.followed.held(2)).toEqual(["1 current"]);
      test.followed.intake.now += 10 * minuteMs;
      await test.followed.run();
      expect([...test.followed.held(1), ...test.followed.held(2)]).toEqual(["1 current", "2 withdrawn"]);
    });
  });
}
