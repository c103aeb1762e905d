import { beforeEach, describe, expect, it } from "vitest";
import { done, minuteMs, type TableTest } from "./table-test.contract.ts";
import { stream } from "./testing/followed.ts";
import { testTriggers } from "./testing/triggers.ts";

const triggers = { by: "triggers" } as const;

/** A table whose changes triggers write down. */
export function describeTriggers(test: TableTest): void {
  describe("followed by triggers", () => {
    beforeEach(() => test.platform.run(testTriggers(test.platform.dialect)));

    it("has what was there before, then every change, and rows that are gone", async () => {
      await test.platform.putMany(250);
      await test.follow(triggers);
      expect(await test.followed.run()).toMatchObject(done);
      expect(test.received()).toBe(250);
      await test.platform.put(1, 1, { CF_NR: "罚款一万元" });
      await test.platform.put(1, 1, { CF_NR: "罚款两万元" });
      await test.platform.run("DELETE FROM penalty WHERE id = 2");
      await test.platform.run("UPDATE penalty SET id = 1003 WHERE id = 3");
      await test.platform.put(251, 1);
      await test.followed.run();
      expect([1, 2, 3, 251].flatMap(test.followed.held)).toEqual([
        "2 current",
        "2 withdrawn",
        "1 current",
        "1 current",
      ]);
      const before = test.received();
      expect(await test.followed.run()).toMatchObject(done);
      expect(test.received()).toBe(before);
    });

    it("follows changes of several pages", async () => {
      await test.platform.putMany(1);
      await test.follow(triggers);
      await test.followed.run();
      await test.platform.putMany(450);
      await test.followed.run();
      expect(test.received()).toBe(450);
    });

    it("lets not more than a tenth go at once without an operator's word", async () => {
      await test.platform.putMany(600);
      await test.follow(triggers);
      await test.followed.run();
      await test.platform.run("DELETE FROM penalty WHERE id <= 20");
      expect(await test.followed.run()).toMatchObject(done);
      expect(test.followed.held(20)).toEqual(["2 withdrawn"]);
      await test.platform.run("DELETE FROM penalty WHERE id <= 300");
      await test.platform.put(601, 1);
      expect(await test.followed.run()).toMatchObject({
        error: { code: "intake.rows-missing", missing: 280 },
      });
      expect([...test.followed.held(21), ...test.followed.held(601)]).toEqual(["1 current", "1 current"]);
      test.followed.intake.store.streams.confirm(stream);
      expect(await test.followed.run()).toMatchObject(done);
      expect([21, 300, 301].flatMap(test.followed.held)).toEqual(["2 withdrawn", "2 withdrawn", "1 current"]);
    });

    it("lets the last row of a table go, and one that comes and goes between", async () => {
      await test.platform.putMany(1);
      await test.follow(triggers);
      await test.followed.run();
      await test.platform.put(2, 1);
      await test.platform.run("DELETE FROM penalty");
      expect(await test.followed.run()).toMatchObject(done);
      expect(test.followed.held(1)).toEqual(["2 withdrawn"]);
      await test.followed.restart();
      expect(await test.followed.run()).toMatchObject(done);
    });

    it("lets twenty rows go at once without an operator's word, and of no table one more that is all it has", async () => {
      await test.platform.putMany(20);
      await test.follow(triggers);
      await test.followed.run();
      await test.platform.run("DELETE FROM penalty");
      expect(await test.followed.run()).toMatchObject(done);
      expect([1, 20].flatMap(test.followed.held)).toEqual(["2 withdrawn", "2 withdrawn"]);
      await test.platform.putMany(21);
      await test.followed.run();
      await test.platform.run("DELETE FROM penalty");
      const waits = { error: { code: "intake.rows-missing", known: 21, missing: 21 } };
      expect(await test.followed.run()).toMatchObject(waits);
      expect(test.followed.held(21)).toEqual(["1 current"]);
      test.followed.intake.store.streams.confirm(stream);
      expect(await test.followed.run()).toMatchObject(done);
      expect(test.followed.held(21)).toEqual(["2 withdrawn"]);
    });

    it("does not lose what goes while all rows are compared", async () => {
      await test.platform.putMany(600);
      await test.follow(triggers);
      await test.followed.step();
      await test.followed.step();
      await test.platform.run("DELETE FROM penalty WHERE id <= 150");
      expect(await test.followed.run()).toMatchObject({
        error: { code: "intake.rows-missing", missing: 150 },
      });
      test.followed.intake.store.streams.confirm(stream);
      expect(await test.followed.run()).toMatchObject(done);
      expect([150, 151].flatMap(test.followed.held)).toEqual(["2 withdrawn", "1 current"]);
    });

    it("compares all rows when the platform was put back to an older state", async () => {
      await test.platform.putMany(3);
      await test.follow(triggers);
      await test.followed.run();
      await test.platform.put(1, 1);
      await test.followed.run();
      // As a backup would have it: neither the change, nor any trace of another.
      await test.platform.run(
        test.platform.dialect === "sqlite"
          ? "DROP TRIGGER penalty_xinqiao_changed"
          : "ALTER TABLE penalty DISABLE TRIGGER xinqiao_note",
      );
      await test.platform.put(2, 1, { CF_NR: "罚款一万元" });
      await test.platform.run("DELETE FROM penalty_xinqiao");
      await test.followed.run();
      expect(test.followed.held(2)).toEqual(["2 current"]);
    });
  });

  describe("put back to an older state, and as far on as before", () => {
    /** The change of row 2 is in the past that was put back, where the agent has read of two others. */
    const putBack = async () => {
      await test.platform.run(testTriggers(test.platform.dialect));
      await test.platform.putMany(3);
      await test.follow(triggers);
      await test.followed.run();
      await test.platform.put(2, 1, { CF_NR: "罚款一万元" });
      await test.platform.run("DELETE FROM penalty_xinqiao WHERE key = 2");
      await test.platform.put(3, 1, { CF_NR: "罚款两万元" });
      await test.followed.run();
      expect([...test.followed.held(2), ...test.followed.held(3)]).toEqual(["1 current", "2 current"]);
    };

    it("is found at the next start", async () => {
      await putBack();
      await test.followed.restart();
      await test.followed.run();
      expect(test.followed.held(2)).toEqual(["2 current"]);
    });

    it("is found within a day", async () => {
      await putBack();
      test.followed.intake.now += 24 * 60 * minuteMs;
      await test.followed.run();
      expect(test.followed.held(2)).toEqual(["2 current"]);
    });
  });
}
