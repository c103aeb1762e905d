import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { type MeasureReport, textHash } from "@xinqiao/protocol/measures";
import { testNow } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import type { KeptReport, Measures } from "./ports.ts";

/** A report that dg has applied a measure about a record of sz-baoan. */
export const firstReport: MeasureReport = {
  iss: nodeIdSchema.parse("dg"),
  iat: testNow / 1000,
  exchange: "00000000-0000-4000-8000-000000000001",
  source: nodeIdSchema.parse("sz-baoan"),
  record: "penalty:示罚〔2026〕1号",
  version: 1,
  outcome: "applied",
  matter: "2026-0042",
  on: "2026-01-01",
};
export const keptReport = (change: Partial<MeasureReport>): KeptReport => {
  const report = { ...firstReport, ...change };
  // As it travels, though nobody has signed it.
  const [header, payload] = [{ alg: "EdDSA", kid: "A".repeat(43), typ: "xinqiao-measure+jws" }, report].map(
    (part) => Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const text = `${header}.${payload}.AAAA`;
  return { report, text, sha256: textHash(text), isFollowed: true };
};

/** What holds of every book of measures. */
export function measuresContract(open: () => Measures): void {
  const countsAfter = async (...changes: readonly Partial<MeasureReport>[]) => {
    const measures = open();
    for (const change of changes) measures.keepReport(keptReport(change));
    await measures.durable();
    return measures.measureCounts().map(({ source, ...counts }) => [source, ...Object.values(counts)]);
  };

  it("counts each source's by what was done", async () => {
    const other = { exchange: "00000000-0000-4000-8000-000000000002" };
    const counts = await countsAfter(
      {},
      other,
      { iss: nodeIdSchema.parse("hz"), outcome: "partly" },
      {
        source: nodeIdSchema.parse("sz-longgang"),
        outcome: "not-applied",
      },
    );
    expect(counts).toEqual([
      ["sz-baoan", 2, 1, 0, 0, 0, 0, 0],
      ["sz-longgang", 0, 0, 1, 0, 0, 0, 0],
    ]);
  });

  it("counts the newest report about a record of an exchange, in whichever order they come", async () => {
    const newer = { iat: firstReport.iat + 1, outcome: "not-applied" as const };
    expect(await countsAfter({}, newer, {})).toEqual([["sz-baoan", 0, 0, 1, 0, 0, 0, 0]]);
  });
}
