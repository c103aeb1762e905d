import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { testRecord } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { hitsColumns, hitsRows, readSubjects } from "./screen-list.ts";

const { subject } = testRecord();
const { kind, scheme } = subject;

describe("lines of a list", () => {
  it("are invalid one by one, whatever stands in them, and hold up no other", () => {
    const ids = ["x", subject.id, `${subject.id} 示例企业有限公司 一行里写了太多内容`, "", "9".repeat(1_000)];
    const lines = ids.map((id, at) => ({ number: at + 1, id }));
    const read = readSubjects(lines, { kind, scheme, exceptions: new Set() });
    expect(read.batch).toEqual([{ number: 2, id: subject.id }]);
    expect(read.subjects).toEqual([subject]);
    expect(read.invalid.map(({ number }) => number)).toEqual([1, 3, 4, 5]);
  });
});

describe("hits in a table", () => {
  const hit = { subject: 0, source: nodeIdSchema.parse("sz-baoan"), records: [], items: [], measures: [] };
  const batch = [{ number: 7, id: subject.id }];
  const tableOf = (disputes: object, invalid: typeof batch = []) =>
    hitsRows({ from: "city", screened: 1, sources: [], hits: [{ ...hit, ...disputes }] }, { batch, invalid });

  it("say that a record is in dispute, and which one where it is named", () => {
    const since = "2026-01-01T00:00:00.000Z";
    const named = { record: "penalty:1", kind: "objection", since } as const;
    const unnamed = { kind: "repair", since } as const;
    expect(tableOf({ disputes: [named, unnamed] })).toEqual([
      [
        "7",
        subject.id,
        "sz-baoan",
        "",
        "",
        "异议 objection, 自 since 2026-01-01 08:00:00（北京时间） penalty:1; 信用修复 repair, 自 since 2026-01-01 08:00:00（北京时间）",
        "",
        "",
      ],
    ]);
  });

  it("have as many columns as their header, and so has an invalid line", () => {
    const invalid = hitsRows(undefined, { batch: [], invalid: batch });
    expect([...tableOf({}), ...invalid, hitsColumns].map(({ length }) => length)).toEqual([8, 8, 8]);
  });

  it("stand in the order of the list, what is invalid among them", () => {
    const invalid = [8, 2].map((number) => ({ number, id: "x" }));
    expect(tableOf({}, invalid).map(([number]) => number)).toEqual(["2", "7", "8"]);
  });

  it("are no formula to a spreadsheet, whatever was on the list", () => {
    const invalid = [{ number: 1, id: '=HYPERLINK("x")' }];
    expect(hitsRows(undefined, { batch: [], invalid })[0]?.[1]).toBe('\'=HYPERLINK("x")');
  });
});
