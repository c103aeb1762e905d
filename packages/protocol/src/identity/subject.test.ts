import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeCitizenId } from "./citizen-id.ts";
import { composeRegistrationNumber } from "./registration-number.ts";
import { parseSubject, type Subject, type SubjectKind, subjectKinds } from "./subject.ts";
import { subjectKindOf } from "./subject-kind.ts";
import { composeUscc } from "./uscc.ts";

const ids = {
  uscc: composeUscc({ division: "440300", serial: "MADEMA01" }),
  "citizen-id": composeCitizenId({ division: "440300", birth: "1990-03-07", sequence: 1 }),
  "registration-number": composeRegistrationNumber({ registrar: "440301", sequence: "1" }),
};

describe("parseSubject", () => {
  const fitting: readonly Subject[] = [
    { kind: "enterprise", scheme: "uscc", id: ids.uscc },
    { kind: "public-institution", scheme: "uscc", id: ids.uscc },
    { kind: "social-organisation", scheme: "uscc", id: ids.uscc },
    { kind: "individual", scheme: "citizen-id", id: ids["citizen-id"] },
    { kind: "enterprise", scheme: "registration-number", id: ids["registration-number"] },
  ];

  it.each(fitting)("takes $scheme of $kind", (subject) => {
    expect(parseSubject(subject)).toEqual({ ok: true, value: subject });
  });

  it("refuses every other pairing of kind and scheme", () => {
    const refused = subjectKinds.flatMap((kind) =>
      (["uscc", "citizen-id", "registration-number"] as const)
        .filter((scheme) => !fitting.some((fit) => fit.kind === kind && fit.scheme === scheme))
        .map((scheme) => parseSubject({ kind, scheme, id: ids[scheme] })),
    );
    expect(refused).toHaveLength(7);
    for (const result of refused)
      expect(result).toMatchObject({ error: { facts: { reason: "subject-kind" } } });
  });

  it("names scheme and reason, and never the identifier", () => {
    const result = parseSubject({ kind: "individual", scheme: "citizen-id", id: "110105194912310021" });
    expect(result).toEqual({
      ok: false,
      error: {
        code: "lookup.subject-invalid",
        facts: { scheme: "citizen-id", reason: "check-character" },
      },
    });
  });

  it("takes wire values as they stand", () => {
    const id = "9144030071526726xg";
    expect(parseSubject({ kind: "enterprise", scheme: "uscc", id })).toMatchObject({
      error: { facts: { reason: "character" } },
    });
  });

  it("hands the operator's exceptions on", () => {
    const subject: Subject = { kind: "enterprise", scheme: "uscc", id: "91350203M0001QAY9B" };
    expect(parseSubject(subject).ok).toBe(false);
    expect(parseSubject(subject, { exceptions: new Set([subject.id]) }).ok).toBe(true);
  });

  it("keeps any text that is not an identifier out of its refusal", () => {
    const text = fc.string({ minLength: 12, maxLength: 32 });
    fc.assert(
      fc.property(text, fc.constantFrom("uscc", "citizen-id", "registration-number"), (id, scheme) => {
        const result = parseSubject({ kind: "enterprise", scheme, id });
        fc.pre(!result.ok);
        expect(JSON.stringify(result)).not.toContain(id);
      }),
    );
  });
});

describe("subjectKindOf", () => {
  const cases: readonly [string, string, SubjectKind][] = [
    ["9", "1", "enterprise"],
    ["9", "2", "enterprise"],
    ["N", "2", "enterprise"],
    ["1", "2", "public-institution"],
    ["5", "1", "social-organisation"],
    ["3", "1", "social-organisation"],
  ];
  it.each(cases)("of authority %s, kind %s is %s", (authority, kind, expected) => {
    const code = composeUscc({ authority, kind, division: "440300", serial: "1" });
    expect(subjectKindOf("uscc", code)).toBe(expected);
  });

  it("of a person's and of an old enterprise's number", () => {
    expect(subjectKindOf("citizen-id", ids["citizen-id"])).toBe("individual");
    expect(subjectKindOf("registration-number", ids["registration-number"])).toBe("enterprise");
  });
});
