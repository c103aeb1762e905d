import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecordSource } from "./port.ts";
import { asked, neighbour, penalty, stranger, taxCredit, testCatalogue } from "./testing/rows.ts";

export interface Opened {
  readonly source: RecordSource;
  /** Takes away what the source reads. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

const never = new AbortController().signal;

/** What every kind of source keeps to, filled with the penalties and tax grades of `testing/rows.ts`. */
export function describeSource(name: string, open: () => Promise<Opened>): void {
  describe(`${name} as a source`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(() => opened.close());

    const find = async (subject = asked, items = [penalty, taxCredit], signal = never) => {
      const found = await opened.source.find({ subject, items }, signal);
      if (!found.ok) throw new Error(JSON.stringify(found.error));
      return found.value;
    };

    it("names the items it can answer", () => {
      expect([...opened.source.held("uscc")].sort()).toEqual([penalty, taxCredit]);
    });

    it("finds every record of a subject, in catalogue form", async () => {
      const { records, asOf } = await find();
      expect(records.map(({ fields }) => fields.CF_WSH ?? fields.NS_PJWSH).sort()).toEqual([
        "示税〔2025〕1号",
        "示罚〔2025〕1号",
        "示罚〔2025〕2号",
      ]);
      expect(records[0]).toMatchObject({
        item: "penalty",
        subject: asked,
        subjectName: "示例科技有限公司",
        jurisdiction: "440306",
        state: "current",
        occurredOn: "2025-01-02",
        catalogueVersion: testCatalogue.version,
        fields: { CF_NR_FK: "0.5", CF_YXQ: "2099-12-31" },
      });
      expect(new Date(asOf).toISOString()).toBe(asOf);
    });

    it("answers only the items asked", async () => {
      const { records } = await find(asked, [taxCredit]);
      expect(records.map(({ item }) => item)).toEqual(["tax-credit"]);
    });

    it("keeps subjects apart", async () => {
      const { records } = await find(neighbour);
      expect(records).toHaveLength(2);
      expect(records.every(({ subject }) => subject.id === neighbour.id)).toBe(true);
    });

    it("has nothing on a stranger, nor on an identifier that is a piece of a statement", async () => {
      expect((await find(stranger)).records).toEqual([]);
      const injected = { ...stranger, id: "' OR '1'='1" };
      expect((await find(injected)).records).toEqual([]);
    });

    it("answers many questions at once", async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => find()));
      expect(answers.every(({ records }) => records.length === 3)).toBe(true);
    });

    it("says that it is well", async () => {
      expect(await opened.source.check(never)).toMatchObject({ ok: true });
    });

    it("fails, rather than answering nothing, when what it reads is gone", async () => {
      await opened.breakDown();
      const found = await opened.source.find({ subject: asked, items: [penalty] }, never);
      expect(found).toMatchObject({ ok: false, error: { code: "source.unavailable" } });
      expect(JSON.stringify(found)).not.toContain(asked.id);
      expect(await opened.source.check(never)).toMatchObject({ error: { code: "source.unavailable" } });
    });
  });
}
