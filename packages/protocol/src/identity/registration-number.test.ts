import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { identityReasons } from "./fault.ts";
import { composeRegistrationNumber, parseRegistrationNumber } from "./registration-number.ts";

const vectors = z
  .object({
    valid: z.array(z.object({ text: z.string(), checkPassed: z.boolean() })),
    invalid: z.array(z.object({ text: z.string(), reason: z.enum(identityReasons) })),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL("../../vectors/identity/registration-number.json", import.meta.url), "utf8"),
    ),
  );

const composed = fc
  .tuple(fc.constantFrom("440301", "110108", "441900"), fc.nat(99_999_999))
  .map(([registrar, sequence]) => composeRegistrationNumber({ registrar, sequence: String(sequence) }));

describe("parseRegistrationNumber", () => {
  it.each(vectors.valid)("accepts $text, check passed: $checkPassed", ({ text, checkPassed }) => {
    expect(parseRegistrationNumber(text)).toEqual({ ok: true, value: { number: text, checkPassed } });
  });

  it.each(vectors.invalid)("refuses '$text' for its $reason", ({ text, reason }) => {
    expect(parseRegistrationNumber(text)).toEqual({
      ok: false,
      error: { scheme: "registration-number", reason },
    });
  });

  it("passes what was composed, and warns of any one digit changed", () => {
    fc.assert(
      fc.property(composed, fc.nat(14), fc.integer({ min: 1, max: 9 }), (number, at, shift) => {
        const digit = (Number(number.charAt(at)) + shift) % 10;
        const changed = `${number.slice(0, at)}${digit}${number.slice(at + 1)}`;
        expect(parseRegistrationNumber(number)).toMatchObject({ ok: true, value: { checkPassed: true } });
        expect(parseRegistrationNumber(changed)).toMatchObject({ ok: true, value: { checkPassed: false } });
      }),
    );
  });
});

describe("composeRegistrationNumber", () => {
  it("throws on parts that make no number", () => {
    expect(() => composeRegistrationNumber({ registrar: "4403", sequence: "1" })).toThrow(/length/);
  });
});
