import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { composeCitizenId, parseCitizenId } from "./citizen-id.ts";
import { identityReasons } from "./fault.ts";

const vectors = z
  .object({
    valid: z.array(z.object({ text: z.string() })),
    invalid: z.array(z.object({ text: z.string(), reason: z.enum(identityReasons) })),
  })
  .parse(
    JSON.parse(readFileSync(new URL("../../vectors/identity/citizen-id.json", import.meta.url), "utf8")),
  );

const composed = fc
  .record({
    division: fc.constantFrom("440300", "441900", "110000", "830000"),
    birth: fc
      .date({ min: new Date("1900-01-01"), max: new Date("2030-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    sequence: fc.nat(999),
  })
  .map(composeCitizenId);

describe("parseCitizenId", () => {
  it.each(vectors.valid)("accepts $text", ({ text }) => {
    expect(parseCitizenId(text)).toEqual({ ok: true, value: text });
  });

  it.each(vectors.invalid)("refuses '$text' for its $reason", ({ text, reason }) => {
    expect(parseCitizenId(text)).toEqual({ ok: false, error: { scheme: "citizen-id", reason } });
  });

  it("refuses every composed number with one character changed", () => {
    fc.assert(
      fc.property(composed, fc.nat(17), fc.constantFrom(..."0123456789X"), (number, at, character) => {
        fc.pre(number.charAt(at) !== character);
        expect(parseCitizenId(`${number.slice(0, at)}${character}${number.slice(at + 1)}`).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("composeCitizenId", () => {
  it("makes numbers that parse", () => {
    fc.assert(
      fc.property(composed, (number) => {
        expect(parseCitizenId(number)).toEqual({ ok: true, value: number });
      }),
    );
  });

  it("composes the standard's example from its parts", () => {
    expect(composeCitizenId({ division: "110105", birth: "1949-12-31", sequence: 2 })).toBe(
      "11010519491231002X",
    );
  });

  it("throws on a day that never was", () => {
    expect(() => composeCitizenId({ division: "440300", birth: "2023-02-29", sequence: 1 })).toThrow(
      /birth-date/,
    );
  });
});
