import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answer,
  isLate,
  type MeasureStanding,
  measureOutcomes,
  mustAsk,
  report,
  revocationOutcomes,
} from "./index.ts";

const step = fc.oneof(
  fc.record({ act: fc.constant("report" as const), outcome: fc.constantFrom(...measureOutcomes) }),
  fc.record({ act: fc.constant("answer" as const), outcome: fc.constantFrom(...revocationOutcomes) }),
  fc.constant({ act: "repair" as const }),
);

/** As the city does it: whoever must be asked is asked at once. */
function asking(standing: MeasureStanding): MeasureStanding {
  return mustAsk(standing) ? { ...standing, dueOn: "2026-03-02" } : standing;
}

function take(
  before: MeasureStanding | undefined,
  done: typeof step extends fc.Arbitrary<infer T> ? T : never,
) {
  if (done.act === "report") {
    const reported = report(before, done.outcome);
    return reported.ok ? asking(reported.value) : before;
  }
  if (before === undefined) return undefined;
  if (done.act === "repair") return asking({ ...before, effect: "repaired" });
  const answered = answer(before, done.outcome);
  return answered.ok ? answered.value : before;
}

describe("a measure, whatever is reported, repaired and answered", () => {
  it("is asked for once its record is repaired, never before, and then answers stand", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let standing: MeasureStanding | undefined;
        for (const done of steps) {
          const before = standing;
          standing = take(before, done);
          if (standing === undefined) continue;
          const due = standing.effect !== undefined && standing.outcome !== "not-applied";
          expect(standing.dueOn !== undefined).toBe(due);
          if (standing.answer !== undefined) expect(standing.dueOn).toBeDefined();
          if (before?.dueOn !== undefined) expect(standing.outcome).toBe(before.outcome);
          if (before?.answer !== undefined && before.answer !== "refused") {
            expect(standing.answer).toBe(before.answer);
          }
        }
      }),
    );
  });

  it("is late when its last day is over without an answer", () => {
    const asked = { outcome: "applied", effect: "repaired", dueOn: "2026-03-02" } as const;
    expect([isLate(asked, "2026-03-02"), isLate(asked, "2026-03-03")]).toEqual([false, true]);
    expect(isLate({ ...asked, answer: "revoked" }, "2026-03-03")).toBe(false);
  });
});
