import { describe, expect, it } from "vitest";
import { done, minuteMs, type TableTest } from "./table-test.contract.ts";
import { stream } from "./testing/followed.ts";

const compare = { by: "compare" } as const;

/** A table of which all rows are compared. */
export function describeCompare(test: TableTest): void {
  describe("compared", () => {
    const dueAgain = () => {
      test.followed.intake.now += 60 * minuteMs;
    };

    it("takes what is new or changed, and withdraws what is gone", async () => {
      await test.platform.putMany(450);
      await test.follow(compare);
      expect(await test.followed.run()).toMatchObject(done);
      await test.platform.put(1, 1, { CF_NR: "罚款一万元" });
      await test.platform.run("DELETE FROM penalty WHERE id = 2");
      await test.platform.put(451, 1);
      await test.followed.run();
      expect(test.received()).toBe(450);
      dueAgain();
      await test.followed.run();
      expect(test.received()).toBe(453);
      expect([1, 2, 451].flatMap(test.followed.held)).toEqual(["2 current", "2 withdrawn", "1 current"]);
    });

    it("lets others write while it looks for what is missing", async () => {
      await test.platform.putMany(450);
      await test.follow(compare);
      await test.followed.run();
      dueAgain();
      const before = test.followed.gaveWay();
      await test.followed.run();
      // Three pages of two batches, the last with one; then five slices of rows.
      expect(test.followed.gaveWay() - before).toBe(2 + 5);
    });

    it("withdraws nothing that came in behind the page", async () => {
      await test.platform.putMany(250);
      await test.follow(compare);
      await test.followed.run();
      dueAgain();
      await test.platform.run("DELETE FROM penalty WHERE id = 1");
      await test.followed.step();
      await test.platform.put(1, 1);
      await test.followed.run();
      expect(test.followed.held(1)).toEqual(["1 current"]);
    });

    it("lets not more than a tenth go without an operator's word, which counts for so many", async () => {
      await test.platform.putMany(300);
      await test.follow(compare);
      await test.followed.run();
      await test.platform.run("DELETE FROM penalty WHERE id <= 31");
      dueAgain();
      const waits = { error: { code: "intake.rows-missing", known: 300, missing: 31 } };
      expect(await test.followed.run()).toMatchObject(waits);
      expect(await test.followed.run()).toMatchObject(waits);
      expect(test.followed.held(1)).toEqual(["1 current"]);
      const { streams } = test.followed.intake.store;
      expect(streams.standings()).toMatchObject([{ missing: 31 }]);
      expect(streams.confirm(stream)).toBe(31);
      await test.platform.run("DELETE FROM penalty WHERE id = 32");
      expect(await test.followed.run()).toMatchObject({ error: { missing: 32 } });
      expect(streams.confirm(stream)).toBe(32);
      expect(await test.followed.run()).toMatchObject(done);
      expect([1, 32, 33].flatMap(test.followed.held)).toEqual(["2 withdrawn", "2 withdrawn", "1 current"]);
      expect(streams.standings()).toMatchObject([{ missing: null, rows: 268 }]);
      expect(streams.confirm(stream)).toBeUndefined();
    });

    it("lets nothing go when the table is empty all at once", async () => {
      await test.platform.putMany(3);
      await test.follow(compare);
      await test.followed.run();
      await test.platform.run("DELETE FROM penalty");
      dueAgain();
      expect(await test.followed.run()).toMatchObject({ error: { code: "intake.rows-missing", missing: 3 } });
      expect(test.followed.held(1)).toEqual(["1 current"]);
    });

    it("keeps back a row that says otherwise than another, and takes it when that is gone", async () => {
      await test.platform.put(1, 1);
      await test.platform.put(2, 1, { CF_NR: "罚款一万元" }, 1);
      await test.follow(compare);
      await test.followed.run();
      expect(test.followed.intake.store.streams.standings()).toMatchObject([{ keptBack: 1 }]);
      await test.platform.run("DELETE FROM penalty WHERE id = 1");
      dueAgain();
      await test.followed.run();
      expect(test.followed.held(1)).toEqual(["4 current"]);
      expect(test.followed.intake.held(1)[0]?.fields.CF_NR).toBe("罚款一万元");
    });

    it("fails, and withdraws nothing, when the table cannot be read", async () => {
      await test.platform.putMany(3);
      await test.follow(compare);
      await test.followed.run();
      await test.platform.run("ALTER TABLE penalty RENAME TO gone");
      dueAgain();
      expect(await test.followed.run()).toMatchObject({ error: { code: "intake.stream-unreadable" } });
      expect(test.followed.held(1)).toEqual(["1 current"]);
      await test.platform.run("ALTER TABLE gone RENAME TO penalty");
      expect(await test.followed.run()).toMatchObject(done);
    });
  });
}
