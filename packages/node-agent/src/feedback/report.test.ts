import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { measureDoneSchema } from "@xinqiao/protocol/measures";
import { fault } from "@xinqiao/protocol/problem";
import { err } from "@xinqiao/protocol/result";
import { testFederation, testNow } from "@xinqiao/protocol/testing";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import { expect, it } from "vitest";
import type { CallDependencies } from "../lookup/index.ts";
import { reportMeasure } from "./index.ts";

const { directory, signer } = testFederation();
const [city, dg] = [nodeIdSchema.parse("sz"), nodeIdSchema.parse("dg")];
const done = {
  exchange: "1f0c1f3e-5d0f-4b8e-9a51-6c5e2f3a7b10",
  source: "sz-baoan",
  record: "penalty:示罚〔2026〕1号",
  version: 1,
  outcome: "applied",
  matter: "2026-0042",
};
const trace = { traceId: "1".repeat(32), parentId: "1".repeat(16), sampled: false };

it("is not signed with a day that is to come", async () => {
  let sent = 0;
  const call: CallDependencies = {
    node: dg,
    gateway: { node: city, origin: "https://sz.example" },
    directory: () => directory,
    signer: signer("dg"),
    async send() {
      sent += 1;
      return err(fault("gateway.unreachable"));
    },
    entropy: systemEntropy(),
    now: () => testNow,
  };
  const report = (on: string) =>
    reportMeasure(measureDoneSchema.parse({ ...done, on }), trace, call, new AbortController().signal);
  expect(await report("2026-01-02")).toMatchObject({
    error: { by: "agent", fault: { code: "feedback.report-invalid" } },
  });
  expect(sent).toBe(0);
  await report("2026-01-01");
  expect(sent).toBe(1);
});
