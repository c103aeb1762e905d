import { describe, expect, it } from "vitest";
import { answerSchema } from "../exchange/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { codes, isCode } from "../problem/index.ts";
import { decodeEntry, maxLeafBytes, maxOutcomeRows, sealEntry } from "./index.ts";

const node = nodeIdSchema.parse("n".repeat(32));
const longestCode = Object.keys(codes)
  .filter(isCode)
  .reduce((longest, code) => (code.length > longest.length ? code : longest));

/** Every field there is, each as long as it may be. */
function longestOutcome(rows: number): string {
  const row = (place: number) => ({
    jurisdiction: jurisdictionSchema.parse(`j${String(place).padStart(31, "0")}`),
    node,
    via: node,
    status: "refused" as const,
    code: longestCode,
    asOf: "2026-03-01T02:03:04.005006007Z",
    latencyMs: Number.MIN_VALUE * 2 ** 52,
    answer: "an answer",
  });
  const { leaf } = sealEntry(
    {
      kind: "lookup.outcome",
      exchange: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e",
      actor: node,
      requester: node,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      intent: Number.MAX_SAFE_INTEGER,
      complete: false,
      rows: Array.from({ length: rows }, (_, place) => row(place)),
    },
    0,
    (length) => Buffer.alloc(length),
  );
  return leaf;
}

describe("a leaf", () => {
  it("of an outcome is short enough to be served, whatever its rows say, and of a few more may not be", () => {
    const longest = longestOutcome(maxOutcomeRows);
    expect(decodeEntry(Buffer.from(longest)).ok).toBe(true);
    expect(Buffer.byteLength(longest)).toBeLessThanOrEqual(maxLeafBytes);
    expect(Buffer.byteLength(longestOutcome(maxOutcomeRows + 10))).toBeGreaterThan(maxLeafBytes);
  });

  it("takes no instant from a node that is longer than nanoseconds need", () => {
    const { asOf } = answerSchema.shape;
    expect(asOf.safeParse("2026-03-01T02:03:04.005006007Z").success).toBe(true);
    expect(asOf.safeParse("2026-03-01T02:03:04.0050060070Z").success).toBe(false);
  });
});
