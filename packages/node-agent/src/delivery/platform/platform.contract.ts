import { testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Batch, CopyChange, Platform } from "../port.ts";
import { dg, hz } from "../testing/copies.ts";

export interface TestPlatform {
  readonly platform: Platform;
  /** What it has, once everything that was delivered is taken up. */
  rows(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const never = new AbortController().signal;
const put = (change: object, source = dg): CopyChange => ({
  change: "put",
  source,
  record: testRecord(change),
});
const remove = (id: string, source = dg): CopyChange => ({ change: "remove", source, id });

/** What every way to deliver has in common: batches are a chain, and each is in effect once. */
export function describePlatform(name: string, open: () => Promise<TestPlatform>): void {
  describe(name, () => {
    let opened: TestPlatform;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const take = (
      mark: string,
      previous: string | null,
      changes: readonly CopyChange[],
      more: Partial<Batch> = {},
    ) =>
      opened.platform.take({ generation: "one", mark, previous, complete: false, changes, ...more }, never);
    const anotherPast = { ok: false, error: { code: "delivery.another-past" } };

    it("takes what is put and removed, in order, and says what it is", async () => {
      expect(await opened.platform.check(never)).toMatchObject({ ok: true });
      const first = [put({ id: "penalty:1" }), put({ id: "penalty:2" }), put({ id: "penalty:1" }, hz)];
      expect(await take("a", null, first, { complete: true })).toEqual({ ok: true, value: undefined });
      expect(await take("b", "a", [put({ id: "penalty:1", version: 2 }), remove("penalty:2")])).toMatchObject(
        {
          ok: true,
        },
      );
      expect(await take("c", "b", [remove("penalty:2"), put({ id: "penalty:2", version: 3 })])).toMatchObject(
        {
          ok: true,
        },
      );
      expect(await opened.rows()).toEqual([
        "dg penalty penalty:1 2 current",
        "dg penalty penalty:2 3 current",
        "hz penalty penalty:1 1 current",
      ]);
    });

    it("is changed by nothing that it has taken before", async () => {
      await take("a", null, [put({ id: "penalty:1" })]);
      await take("b", "a", [put({ id: "penalty:2" })]);
      expect(await take("b", "a", [put({ id: "penalty:3" })])).toMatchObject({ ok: true });
      expect(await opened.rows()).toEqual([
        "dg penalty penalty:1 1 current",
        "dg penalty penalty:2 1 current",
      ]);
      expect(await take("c", "b", [])).toMatchObject({ ok: true });
    });

    it("takes nothing that does not go on from what it has", async () => {
      expect(await take("b", "a", [put({ id: "penalty:1" })])).toMatchObject(anotherPast);
      await take("c", null, [put({ id: "penalty:2" })]);
      expect(await take("d", "b", [put({ id: "penalty:3" })])).toMatchObject(anotherPast);
      expect(await take("d", "c", [put({ id: "penalty:4" })])).toMatchObject({ ok: true });
      expect(await opened.rows()).toEqual([
        "dg penalty penalty:2 1 current",
        "dg penalty penalty:4 1 current",
      ]);
    });

    it("has nothing of an older generation once a newer one is complete, and everything until then", async () => {
      await take("a", null, [put({ id: "penalty:1" }), put({ id: "penalty:2" })], { complete: true });
      const two = { generation: "two" };
      await take("b", null, [put({ id: "penalty:1", version: 2 })], two);
      expect(await opened.rows()).toEqual([
        "dg penalty penalty:1 2 current",
        "dg penalty penalty:2 1 current",
      ]);
      await take("c", "b", [], { ...two, complete: true });
      expect(await opened.rows()).toEqual(["dg penalty penalty:1 2 current"]);
      await take("d", null, [], { generation: "three", complete: true });
      expect(await opened.rows()).toEqual([]);
    });
  });
}
