import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { identityReasons } from "./fault.ts";
import { composeUscc, parseUscc } from "./uscc.ts";

const refusedCase = z.object({ text: z.string(), reason: z.enum(identityReasons) });
const vectors = z
  .object({
    valid: z.array(z.object({ text: z.string() })),
    excepted: z.array(refusedCase),
    neverExcepted: z.array(refusedCase),
    invalid: z.array(refusedCase),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vectors/identity/uscc.json", import.meta.url), "utf8")));

const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const composed = fc
  .record({
    authority: fc.constantFrom("1", "5", "9"),
    kind: fc.constantFrom("1", "2", "3"),
    division: fc.constantFrom("100000", "440300", "440306", "441900", "110000"),
    serial: fc.string({ unit: fc.constantFrom(...alphabet), minLength: 8, maxLength: 8 }),
  })
  .map(composeUscc);

describe("parseUscc", () => {
  it.each(vectors.valid)("accepts $text", ({ text }) => {
    expect(parseUscc(text)).toEqual({ ok: true, value: text });
  });

  it.each(vectors.invalid)("refuses '$text' for its $reason", ({ text, reason }) => {
    expect(parseUscc(text)).toEqual({ ok: false, error: { scheme: "uscc", reason } });
  });

  it.each(vectors.excepted)("accepts $text only while the operator lists it", ({ text, reason }) => {
    expect(parseUscc(text)).toEqual({ ok: false, error: { scheme: "uscc", reason } });
    expect(parseUscc(text, { exceptions: new Set([text]) })).toEqual({ ok: true, value: text });
  });

  it.each(vectors.neverExcepted)("refuses $text even when listed", ({ text, reason }) => {
    const exceptions = new Set([text]);
    expect(parseUscc(text, { exceptions })).toEqual({ ok: false, error: { scheme: "uscc", reason } });
  });

  it("excepts the listed code and not its neighbours", () => {
    const exceptions = new Set(vectors.excepted.map(({ text }) => text));
    for (const { text } of vectors.excepted) {
      const neighbour = `${text.slice(0, 17)}${text.endsWith("0") ? "2" : "0"}`;
      expect(parseUscc(neighbour, { exceptions }).ok).toBe(false);
    }
  });

  it("never says the code in its refusal", () => {
    expect(JSON.stringify(parseUscc("91350203M0001QAY9B"))).not.toContain("91350203");
  });

  it("refuses every composed code with one character changed", () => {
    const substitution = fc.tuple(
      composed,
      fc.nat(17),
      fc.constantFrom(...alphabet, "I", "O", "S", "V", "Z", "a"),
    );
    fc.assert(
      fc.property(substitution, ([code, at, character]) => {
        fc.pre(code.charAt(at) !== character);
        expect(parseUscc(`${code.slice(0, at)}${character}${code.slice(at + 1)}`).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("composeUscc", () => {
  it("makes codes that parse", () => {
    fc.assert(
      fc.property(composed, (code) => {
        expect(parseUscc(code)).toEqual({ ok: true, value: code });
      }),
    );
  });

  it("composes a real code from its parts", () => {
    expect(composeUscc({ division: "440300", serial: "71526726" })).toBe("9144030071526726XG");
  });

  it("throws on parts that no registrar could issue", () => {
    expect(() => composeUscc({ division: "999999", serial: "1" })).toThrow(/division/);
    expect(() => composeUscc({ division: "440300", serial: "IOSVZ" })).toThrow(/character/);
  });
});
