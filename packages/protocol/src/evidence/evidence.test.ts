import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jurisdictionSchema } from "../identity/index.ts";
import { fieldReader, verifyRequest } from "../signing/index.ts";
import { headOf, sendRequest, testFederation, testNode, testNow } from "../testing/index.ts";
import { keepRequest, keepResponse, keptBody, keptHead, keptUntil } from "./index.ts";

const { directory } = testFederation();

describe("a request that was kept", () => {
  it("verifies again from what was kept, and from nothing else", async () => {
    const body = Buffer.from('\uFEFF{"名":"信桥"}');
    const sent = await sendRequest({ from: "sz-baoan", to: "sz", body });
    const field = fieldReader({ ...sent.headers, "x-forwarded-for": "203.0.113.7" });
    const kept = keepRequest({ ...headOf(sent), field }, sent.body);
    expect(kept.headers).not.toHaveProperty("x-forwarded-for");
    expect(Buffer.from(kept.body)).toEqual(body);
    const checking = { key: directory.key, self: testNode("sz"), now: testNow };
    expect(verifyRequest(keptHead(kept), Buffer.from(kept.body), checking)).toMatchObject({ ok: true });
    expect(kept.base).toMatch(/^"@method": POST\n/);
    expect(kept.base).toContain(
      `"@signature-params": ${kept.headers["signature-input"]?.slice("xinqiao=".length)}`,
    );
  });

  it("is one that was verified: what is not signed as the profile says is no evidence", async () => {
    const sent = await sendRequest({ from: "sz-baoan", to: "sz" });
    const field = fieldReader({ ...sent.headers, signature: "none" });
    expect(() => keepRequest({ ...headOf(sent), field }, sent.body)).toThrow("verified");
  });
});

describe("a response that was kept", () => {
  const places = ["441900", "440306", "440307"].map((each) => jurisdictionSchema.parse(each));
  const head = { status: 200, headers: { "content-type": "application/json" } };

  it("is byte for byte what was sent, and holds no answer a second time", () => {
    const answer = fc.string({ minLength: 20, maxLength: 60, unit: fc.constantFrom(..."aB-_.é信") });
    fc.assert(
      fc.property(
        fc.array(answer, { maxLength: 3 }),
        fc.array(fc.string(), { maxLength: 4 }),
        (jws, pieces) => {
          const answers = jws.map((each, at) => ({
            jurisdiction: places[at] ?? places[0] ?? fail(),
            jws: each,
          }));
          const text = pieces.map((piece, at) => piece + (jws[at] ?? "")).join("");
          const kept = keepResponse({ ...head, text }, answers);
          expect(keptBody(kept, answers)).toBe(text);
          const stood = jws.filter((_, at) => at < pieces.length).length;
          expect(kept.body.filter((piece) => typeof piece !== "string").length).toBe(stood);
        },
      ),
    );
  });

  it("cannot be made up again when an answer that stood in it is gone", () => {
    const answers = places.map((jurisdiction) => ({ jurisdiction, jws: `signed-by-${jurisdiction}` }));
    const kept = keepResponse({ ...head, text: answers.map(({ jws }) => jws).join() }, answers);
    expect(keptBody(kept, answers.slice(1))).toBeUndefined();
  });
});

describe("how long it is kept", () => {
  const at = Date.parse("2028-02-29T10:00:00Z");
  it.each([
    ["five years at least", [], "2033-03-01T10:00:00Z"],
    ["five years for items kept shorter", [3], "2033-03-01T10:00:00Z"],
    ["as long as the longest-kept item", [5, 30, 10], "2058-03-01T10:00:00Z"],
  ])("is %s", (_what, years, until) => {
    expect(
      keptUntil(
        at,
        years.map((retentionYears) => ({ retentionYears })),
      ),
    ).toBe(Date.parse(until));
  });
});

function fail(): never {
  throw new Error("no place");
}
