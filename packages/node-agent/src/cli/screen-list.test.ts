import { testRecord } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { readSubjects } from "./screen-list.ts";

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
