import { caseStepSchema } from "@xinqiao/protocol/cases";
import { expect, it } from "vitest";
import { type CaseLine, caseTable, caseText } from "./index.ts";

const id = "7f4df02a-56c0-4e0e-9f4d-3f0d6a5a2e11";
const line: CaseLine = {
  ...{ case: id, kind: "objection", source: "dg", record: "penalty:1", state: "checked" },
  ...{ due: { by: "dg", on: "2026-03-02" }, late: true },
};
const common = { case: id, iat: 1_772_323_200 };
const steps = [
  { step: "opened", ...common, iss: "hz", kind: "objection", source: "dg", record: "penalty:1" },
  { step: "checked", ...common, iss: "sz", after: "A".repeat(43), finding: "same" },
].map((step) =>
  caseStepSchema.parse({ ...step, ...(step.step === "opened" && { reason: "金额有误", evidence: [] }) }),
);

it("shows cases a line each: what stands, who is waited for, and until when", () => {
  expect(caseTable([line])).toMatch(
    /│ 异议 objection\s+│ dg\s+│ penalty:1\s+│ 已核查 checked\s+│ dg\s+│ 2026-03-02 逾期 late\s+│/,
  );
  expect(caseTable([{ ...line, state: "decided", outcome: "rejected", due: undefined }])).toMatch(
    /│ 不予采纳 rejected │ -\s+│ -\s+│/,
  );
});

it("shows one case with who did what, when, and why", () => {
  const text = caseText(line, steps, "与来源一致 same");
  expect(text).toContain(`案件 case: ${id}\n类型 kind: 异议 objection\n`);
  expect(text).toContain("核查建议 suggested: 与来源一致 same\n");
  expect(text).toMatch(/│ 已受理 opened\s+│ hz\s+│ 2026-03-01 08:00:00\s+│ -\s+│ 金额有误\s+│/);
  expect(text).toMatch(/│ 已核查 checked │ sz\s+│ .*│ 与来源一致 same │ -\s+│/);
});
