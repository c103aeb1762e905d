import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testFederation, testNode, testNow, testRequestId } from "../testing/index.ts";
import {
  type Case,
  type CaseStep,
  caseStepSchema,
  caseTermsSchema,
  dueOf,
  isDisputed,
  openCaseStep,
  signCaseStep,
  takeStep,
} from "./index.ts";

const { directory, signer } = testFederation();
const city = testNode("sz");
const source = testNode("dg");
const iat = testNow / 1000;
const hashOf = (n: number) => String(n).padStart(42, "0").concat("A");
const opening = (kind: "objection" | "repair" = "objection"): CaseStep =>
  caseStepSchema.parse({
    step: "opened",
    iss: "sz-baoan",
    case: testRequestId,
    iat,
    kind,
    source: "dg",
    record: "penalty:1",
    reason: "示例",
    evidence: [hashOf(99)],
  });

type Sent = { readonly step: CaseStep; readonly hash: string };

const stepOf = (name: string, iss: string, after: number, outcome: string): CaseStep =>
  caseStepSchema.parse({
    step: name,
    iss,
    case: testRequestId,
    iat,
    after: hashOf(after),
    ...(name === "checked" && { finding: "same" }),
    ...(name === "extended" && { reason: "示例" }),
    ...(name === "decided" && { outcome, reason: "示例", version: 3 }),
  });

/** Anybody sends anything, after anything. */
const sent = fc.record({
  name: fc.constantFrom("checked", "extended", "decided"),
  iss: fc.constantFrom("sz", "dg", "hz"),
  after: fc.nat(4),
  outcome: fc.constantFrom("corrected", "withdrawn", "repaired", "rejected"),
});

function run(all: readonly Sent[]): { readonly held: Case | undefined; readonly counted: readonly Sent[] } {
  let held: Case | undefined;
  const counted: Sent[] = [];
  for (const each of all) {
    const taken = takeStep(held, each, city);
    if (!taken.ok) continue;
    held = taken.value;
    counted.push(each);
  }
  return { held, counted };
}

describe("a case", () => {
  it("is broken by no order of steps, duplicate, race or replay", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("objection" as const, "repair" as const),
        fc.array(sent, { maxLength: 30 }),
        (kind, drawn) => {
          const first: Sent = { step: opening(kind), hash: hashOf(0) };
          const rest = drawn.map(({ name, iss, after, outcome }, at): Sent => {
            return { step: stepOf(name, iss, after, outcome), hash: hashOf((at % 4) + 1) };
          });
          const { held, counted } = run([first, ...rest]);
          const names = counted.map(({ step }) => step.step);
          expect(new Set(names).size, "each counts once").toBe(names.length);
          expect(names.indexOf("decided"), "nothing follows a decision").toBeOneOf([-1, names.length - 1]);
          if (kind === "repair") expect(names).not.toContain("checked");
          else if (names.length > 1) expect(names[1]).toBe("checked");
          for (const { step } of counted.slice(1))
            expect(step.iss).toBe(step.step === "checked" ? city : source);
          expect(run(counted).held, "whatever did not count changed nothing").toEqual(held);
        },
      ),
    );
  });

  it("is another's to check or decide", () => {
    const held = run([{ step: opening(), hash: hashOf(0) }]).held;
    expect(takeStep(held, { step: stepOf("checked", "dg", 0, ""), hash: hashOf(1) }, city)).toMatchObject({
      error: "not-theirs",
    });
  });

  it.each([
    ["objection", "repaired"],
    ["repair", "corrected"],
  ] as const)("of a kind (%s) has no outcome of the other (%s)", (kind, outcome) => {
    const begun: Sent[] = [{ step: opening(kind), hash: hashOf(0) }];
    if (kind === "objection") begun.push({ step: stepOf("checked", "sz", 0, ""), hash: hashOf(1) });
    const { held } = run(begun);
    const decided = { step: stepOf("decided", "dg", begun.length - 1, outcome), hash: hashOf(2) };
    expect(takeStep(held, decided, city)).toMatchObject({ error: "outcome-unfit" });
  });

  it("keeps a record annotated until a version comes that is as decided", () => {
    const open: Sent = { step: opening("repair"), hash: hashOf(0) };
    const before = run([open]).held as Case;
    expect(isDisputed(before, 1_000)).toBe(true);
    const after = run([open, { step: stepOf("decided", "dg", 0, "repaired"), hash: hashOf(1) }]).held as Case;
    expect([2, 3, 4].map((version) => isDisputed(after, version))).toEqual([true, false, false]);
  });
});

describe("a step", () => {
  it("opens for the member that signed it, and for nobody else", async () => {
    const text = await signCaseStep(opening(), signer("sz-baoan"));
    expect(openCaseStep(text, testNode("sz-baoan"), directory)).toEqual(opening());
    expect(openCaseStep(text, source, directory)).toBeUndefined();
    const forged = await signCaseStep(opening(), signer("dg"));
    expect(openCaseStep(forged, testNode("sz-baoan"), directory)).toBeUndefined();
  });
});

describe("a deadline", () => {
  const terms = [
    {
      from: "2023-03-01",
      objection: { check: 1, decide: 2, extend: 3 },
      repair: { decide: 3, extend: 3 },
    },
    {
      from: "2026-01-02",
      objection: { check: 9, decide: 9, extend: 9 },
      repair: { decide: 9, extend: 9 },
    },
  ].map((each) => caseTermsSchema.parse(each));
  const dayOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const workingDayAfter = (day: string, days: number) => dayOf(Date.parse(day) / 1000 + days * 86_400);
  const due = (...steps: CaseStep[]) => {
    const { held } = run(steps.map((step, at) => ({ step, hash: hashOf(at) })));
    return held && dueOf(held, city, { terms, dayOf, workingDayAfter });
  };

  it("is of the terms in force when the case was opened, for whose turn it is, longer once extended", () => {
    const checked = stepOf("checked", "sz", 0, "");
    const extended = stepOf("extended", "dg", 1, "");
    expect(due(opening())).toEqual({ by: city, on: "2026-01-02" });
    expect(due(opening(), checked)).toEqual({ by: source, on: "2026-01-03" });
    expect(due(opening(), checked, extended)).toEqual({ by: source, on: "2026-01-06" });
    expect(due(opening("repair"))).toEqual({ by: source, on: "2026-01-04" });
    expect(due(opening(), checked, stepOf("decided", "dg", 1, "rejected"))).toBeUndefined();
    expect(due({ ...opening(), iat: Date.parse("2020-01-01") / 1000 })).toBeUndefined();
  });
});
