import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { testFederation, testNow } from "../testing/index.ts";
import { measureDoneSchema, openMeasureReport, signMeasureReport } from "./index.ts";

const { directory, signer } = testFederation();
const [dg, hz] = [nodeIdSchema.parse("dg"), nodeIdSchema.parse("hz")];
const done = {
  exchange: "1f0c1f3e-5d0f-4b8e-9a51-6c5e2f3a7b10",
  source: "sz-baoan",
  record: "penalty:示罚〔2026〕1号",
  version: 1,
  outcome: "applied",
  matter: "2026-0042",
  on: "2026-01-01",
};
const report = { ...measureDoneSchema.parse(done), iss: dg, iat: testNow / 1000 };

describe("a report", () => {
  it("opens for its member, signed by nobody else", async () => {
    const text = await signMeasureReport(report, signer("dg"));
    expect(openMeasureReport(text, dg, directory)).toEqual(report);
    expect(openMeasureReport(text, hz, directory)).toBeUndefined();
    const forged = await signMeasureReport(report, signer("hz"));
    expect(openMeasureReport(forged, dg, directory)).toBeUndefined();
  });

  it.each([
    ["an outcome that is not whole without a reason", { outcome: "partly" }],
    ["a person's number for a matter", { matter: "A-11010519491231002X" }],
    ["no day", { on: "2026-02-30" }],
  ])("is none with %s", (_what, change) => {
    expect(measureDoneSchema.safeParse(done).success).toBe(true);
    expect(measureDoneSchema.safeParse({ ...done, ...change }).success).toBe(false);
  });
});
