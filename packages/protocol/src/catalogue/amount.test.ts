import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { normaliseAmount } from "./amount.ts";

const vectors = z
  .object({
    valid: z.array(z.object({ text: z.string(), amount: z.string() })),
    invalid: z.array(z.object({ text: z.string(), reason: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vectors/record/amounts.json", import.meta.url), "utf8")));

const fenDigits = 6;

/** An amount's worth in fen (10⁻⁶ 万元), exactly. */
function fen(amount: string): bigint {
  const [whole = "", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(fenDigits, "0"));
}

describe("normaliseAmount", () => {
  it.each(vectors.valid)("reads $text as $amount", ({ text, amount }) => {
    expect(normaliseAmount(text)).toEqual({ ok: true, value: amount });
  });

  it.each(vectors.invalid)("refuses $text: $reason", ({ text, reason }) => {
    expect(normaliseAmount(text)).toEqual({ ok: false, error: reason });
  });

  it("loses no fen, whatever zeros surround the amount, and has one form for each", () => {
    const zeros = fc.nat(5).map((count) => "0".repeat(count));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), zeros, zeros, (worth, before, after) => {
        const digits = worth.toString().padStart(fenDigits + 1, "0");
        const text = `${before}${digits.slice(0, -fenDigits)}.${digits.slice(-fenDigits)}${after}`;
        const read = normaliseAmount(text);
        const canonical = read.ok ? read.value : "";
        expect(fen(canonical)).toBe(worth);
        expect(canonical).toMatch(/^(?:0|[1-9]\d*)(?:\.\d{0,5}[1-9])?$/);
        expect(normaliseAmount(canonical)).toEqual({ ok: true, value: canonical });
      }),
    );
  });
});
