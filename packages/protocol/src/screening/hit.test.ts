import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { testItem, testPurpose, testRecord } from "../testing/index.ts";
import { hitsOf } from "./index.ts";

const days = { validFrom: "2026-02-01", validUntil: "2026-02-28" };

function measuresOn(today: string, applies: object): readonly string[] {
  const name = { zh: "取消评优资格", en: "No award" };
  const purpose = testPurpose({
    measures: [{ item: "penalty", name, legalBasis: "示例条例第二条", ...applies }],
  });
  const item = testItem();
  const matter = { items: [item.code], purpose, catalogue: { items: new Map([[item.code, item]]) }, today };
  const told = { source: nodeIdSchema.parse("dg"), record: testRecord() };
  return hitsOf(0, [told], matter).flatMap(({ measures }) => measures.map(({ name: { en } }) => en));
}

describe("a disputed record", () => {
  it.each([
    ["records", [{ record: "penalty:1", kind: "objection", since: "2026-01-01T00:00:00.000Z" }]],
    ["yes-no", [{ kind: "objection", since: "2026-01-01T00:00:00.000Z" }]],
  ] as const)(
    "is said to be one in a hit that is answered by %s, and named only where records are",
    (answers, shown) => {
      const item = testItem();
      const purpose = testPurpose(answers === "yes-no" ? { answers } : {});
      const matter = {
        ...{ items: [item.code], purpose, today: "2026-01-02" },
        catalogue: { items: new Map([[item.code, item]]) },
      };
      const dispute = { record: "penalty:1", kind: "objection" as const, since: "2026-01-01T00:00:00.000Z" };
      const told = {
        source: nodeIdSchema.parse("dg"),
        record: testRecord({ id: "penalty:1" }),
        disputes: [dispute],
      };
      expect(hitsOf(0, [told], matter)[0]?.disputes).toEqual(shown);
      expect(hitsOf(0, [{ ...told, disputes: [] }], matter)[0]).not.toHaveProperty("disputes");
      const gone = { ...told, record: testRecord({ id: "penalty:1", state: "withdrawn" }) };
      expect(hitsOf(0, [gone], matter), "nothing of what is disclosed no more").toEqual([]);
    },
  );
});

describe("a hit", () => {
  it.each([
    ["2026-01-31", days, false],
    ["2026-02-01", days, true],
    ["2026-02-28", days, true],
    ["2026-03-01", days, false],
    ["2026-03-01", {}, true],
  ])("names a measure from its first day to its last: on %s, of %j, %s", (today, applies, isNamed) => {
    expect(measuresOn(today, applies)).toEqual(isNamed ? ["No award"] : []);
  });
});
