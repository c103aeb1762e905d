import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { opens } from "../commitment/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import type { LogEntryDraft } from "./draft.ts";
import { decodeEntry } from "./encode.ts";
import { answerDigest, commitmentOf, sealEntry } from "./seal.ts";

const at = Date.UTC(2026, 2, 1, 2, 3, 4, 5);
const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const actor = nodeIdSchema.parse("sz-baoan");

/** Different bytes at every call, the same in every run. */
function countingBytes(): (length: number) => Uint8Array {
  let call = 0;
  return (length) => {
    call += 1;
    return Buffer.alloc(length, call);
  };
}

const intent = (values?: Record<string, string>): LogEntryDraft => ({
  kind: "lookup.intent",
  exchange,
  actor,
  purpose: purposeCodeSchema.parse("bid-review"),
  items: [itemCodeSchema.parse("penalty")],
  jurisdictions: [jurisdictionSchema.parse("441900")],
  targets: [nodeIdSchema.parse("dg")],
  deadlineMs: 1_000,
  ...(values && { private: values }),
});

const row = (jurisdiction: string, node: string) => ({
  jurisdiction: jurisdictionSchema.parse(jurisdiction),
  node: nodeIdSchema.parse(node),
  latencyMs: 12,
});

describe("sealing an entry", () => {
  it("stamps it, and a leaf without private values has no commitments", () => {
    const { entry, leaf, openings } = sealEntry(intent(), at, countingBytes());
    expect(entry).toMatchObject({ v: 1, at: "2026-03-01T02:03:04.005Z", kind: "lookup.intent", exchange });
    expect(entry).not.toHaveProperty("commitments");
    expect(openings).toEqual([]);
    expect(decodeEntry(Buffer.from(leaf))).toEqual({ ok: true, value: entry });
  });

  it("puts commitments in the place of private values, each under a key of its own", () => {
    const { entry, leaf, openings } = sealEntry(
      intent({ subject: "uscc:same", caseReference: "uscc:same" }),
      at,
      countingBytes(),
    );
    expect(leaf).not.toContain("uscc:same");
    expect(entry).not.toHaveProperty("private");
    expect(openings.map(({ field }) => field)).toEqual(["subject", "caseReference"]);
    expect(commitmentOf(entry, "subject")).not.toBe(commitmentOf(entry, "caseReference"));
    for (const opening of openings) {
      expect(opens(commitmentOf(entry, opening.field) ?? "", opening)).toBe(true);
    }
    expect(commitmentOf(entry, "other")).toBeUndefined();
  });

  it("lets no private value reach the leaf, whatever it is", () => {
    const secret = fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(secret, (value) => {
        const { entry, leaf } = sealEntry(intent({ subject: value }), at, countingBytes());
        expect(leaf).not.toContain(JSON.stringify(value).slice(1, -1));
        expect(decodeEntry(Buffer.from(leaf))).toEqual({ ok: true, value: entry });
      }),
    );
  });

  it("commits to a node's signed answer by its digest, and keeps neither the answer nor what came with it", () => {
    const answered = {
      ...row("441900", "dg"),
      status: "ok" as const,
      answer: "eyJ.answer.signature",
      extra: 1,
    };
    const silent = {
      ...row("440306", "sz-baoan"),
      status: "timeout" as const,
      code: "node.timeout" as const,
    };
    const { entry, leaf, openings } = sealEntry(
      { kind: "lookup.outcome", exchange, actor, intent: 0, complete: false, rows: [answered, silent] },
      at,
      countingBytes(),
    );
    expect(leaf).not.toContain("eyJ");
    expect(leaf).not.toContain("extra");
    expect(decodeEntry(Buffer.from(leaf))).toEqual({ ok: true, value: entry });
    expect(openings).toMatchObject([{ field: "answer.441900", value: answerDigest("eyJ.answer.signature") }]);
    const [opening] = openings;
    expect(opening && opens(commitmentOf(entry, "answer.441900") ?? "", opening)).toBe(true);
    expect(commitmentOf(entry, "answer.440306")).toBeUndefined();
  });

  it("digests an answer with SHA-256", () => {
    expect(answerDigest("a.b.c")).toBe(createHash("sha256").update("a.b.c").digest("base64url"));
  });
});
