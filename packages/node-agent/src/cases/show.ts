import { readCaseStep, type ShownCase } from "@xinqiao/protocol/cases";
import type { CaseShelf, HeldCase } from "./port.ts";

/** This member's cases, the most urgent first; or one of them. */
export function showCases(
  { case: id }: { readonly case?: string | undefined },
  { shelf, today }: { readonly shelf: Pick<CaseShelf, "all">; readonly today: () => string },
): { readonly cases: readonly ShownCase[] } {
  const day = today();
  const all = shelf.all().filter(({ case: { opened } }) => id === undefined || opened.case === id);
  return { cases: all.map((held) => shownOf(held, day)) };
}

function shownOf({ case: held, steps, due }: HeldCase, today: string): ShownCase {
  const { opened, checked, extended, decided } = held;
  const { case: id, kind, source, record, iss: raisedBy } = opened;
  return {
    ...{ case: id, kind, source, record, raisedBy },
    state: (decided ?? extended ?? checked ?? opened).step,
    ...(decided !== undefined && { outcome: decided.outcome }),
    ...(due !== undefined && { due }),
    late: due !== undefined && due.on < today,
    steps: steps.flatMap((signed) => {
      const said = readCaseStep(signed);
      return said === undefined ? [] : { said, signed };
    }),
  };
}
