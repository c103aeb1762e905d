import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receiveRequest, receiveResponse, sendRequest, sendResponse } from "../testing/index.ts";

interface Slip {
  /** Where, from 0 to 1. */
  readonly at: number;
  readonly by: number;
}

const slip: fc.Arbitrary<Slip> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  by: fc.integer({ min: 1, max: 94 }),
});

/** Another printable character at one place of the text. */
function slipped(text: string, { at, by }: Slip): string {
  const place = Math.floor(at * text.length);
  const other = String.fromCharCode(0x20 + ((text.charCodeAt(place) - 0x20 + by) % 95));
  return text.slice(0, place) + other + text.slice(place + 1);
}

describe("a request changed on the way", () => {
  it.each([
    ["dg", 1_000],
    ["hz", 200],
  ] as const)(
    "verifies no more once a single character of anything sent has changed: by %s",
    async (from, numRuns) => {
      const sent = await sendRequest({ from, to: "sz" });
      expect(receiveRequest(sent, "sz").ok).toBe(true);
      fc.assert(
        fc.property(
          fc.constantFrom("method", "targetUri", ...Object.keys(sent.headers)),
          slip,
          (name, change) => {
            const changed =
              name === "method" || name === "targetUri"
                ? { ...sent, [name]: slipped(sent[name], change) }
                : {
                    ...sent,
                    headers: { ...sent.headers, [name]: slipped(sent.headers[name] ?? "", change) },
                  };
            expect(receiveRequest(changed, "sz").ok).toBe(false);
          },
        ),
        { numRuns },
      );
    },
  );

  it("verifies no more once a header it signs is gone", async () => {
    const sent = await sendRequest({ from: "sz-baoan", to: "sz" });
    for (const name of Object.keys(sent.headers)) {
      const { [name]: _gone, ...headers } = sent.headers;
      expect(receiveRequest({ ...sent, headers }, "sz").ok).toBe(false);
    }
  });

  it("verifies no more once a single byte of the body has changed, come or gone", async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), async (body, place, by) => {
        const sent = await sendRequest({ from: "sz-baoan", to: "sz", body });
        const at = place % body.length;
        const changed = body.with(at, (body[at] ?? 0) ^ by);
        for (const other of [changed, body.subarray(1), Buffer.concat([body, Uint8Array.of(by)])]) {
          expect(receiveRequest({ ...sent, body: other }, "sz")).toMatchObject({
            error: { code: "digest.mismatch" },
          });
        }
      }),
    );
  });
});

describe("a response changed on the way", () => {
  it.each([
    ["sz", 1_000],
    ["hz", 200],
  ] as const)("verifies no more once a single character of it has changed: by %s", async (by, numRuns) => {
    const request = await sendRequest({ from: "sz-baoan", to: by });
    const response = await sendResponse(request, by, { body: Buffer.from('{"results":[]}') });
    expect(receiveResponse(response, request, "sz-baoan").ok).toBe(true);
    expect(receiveResponse({ ...response, status: 201 }, request, "sz-baoan").ok).toBe(false);
    expect(
      receiveResponse({ ...response, body: Buffer.from('{"results":[] }') }, request, "sz-baoan").ok,
    ).toBe(false);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(response.headers)), slip, (name, change) => {
        const headers = { ...response.headers, [name]: slipped(response.headers[name] ?? "", change) };
        expect(receiveResponse({ ...response, headers }, request, "sz-baoan").ok).toBe(false);
      }),
      { numRuns },
    );
  });
});
