import { readCaseStep } from "@xinqiao/protocol/cases";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { type CaseLine, caseTable, caseText } from "@xinqiao/runtime/cases";
import { CommandError } from "@xinqiao/runtime/cli";
import type { CaseBook, Finding, KeptCase } from "../cases/index.ts";
import type { OpenedHub } from "../store/sqlite/index.ts";
import { readHub } from "./read-hub.ts";
import { writeHub } from "./write-hub.ts";

interface Home {
  readonly home: string;
}

const mostListed = 1_000;
export function listCases({ json, ...home }: Home & { readonly json?: boolean }): Promise<string> {
  return readHub(home.home, (hub) => {
    const all = hub.cases(mostListed);
    if (json) return JSON.stringify(all.map(shownOf));
    return all.length === 0 ? "没有案件 no cases" : caseTable(all.map(lineOf));
  });
}

const suggestions = {
  same: "与来源一致 same",
  differs: "与来源不一致 differs",
  "not-kept": "已不再公示，内容不再留存 not-kept",
  "not-held": "市级无副本 not-held",
};

/** What is asked of what is held of a record. */
interface Versions extends Pick<OpenedHub, "isAsSigned" | "isBlank"> {
  version(...of: Parameters<OpenedHub["version"]>): object | undefined;
}

/** A line that its source signed says what the source last told; where it was damaged here, it does not. */
export function suggestedFor(
  { source, record }: Pick<KeptCase["case"]["opened"], "source" | "record">,
  hub: Versions,
  today: string,
): keyof typeof suggestions {
  if (hub.version(source, record) === undefined) return "not-held";
  if (hub.isBlank(source, record, today)) return "not-kept";
  return hub.isAsSigned(source, record) ? "same" : "differs";
}

export function showCase(id: string, { json, ...home }: Home & { readonly json?: boolean }): Promise<string> {
  return readHub(home.home, (hub) => {
    const held = heldOf(id, hub);
    const suggested = suggestedFor(held.case.opened, hub, chinaDay(Date.now()));
    const shown = shownOf(held);
    if (json) return JSON.stringify({ ...shown, suggested }, null, 2);
    const steps = shown.steps.flatMap((step) => step.said ?? []);
    return caseText(lineOf(held), steps, suggestions[suggested]);
  });
}

export function checkCase(
  id: string,
  { finding, ...home }: Home & { readonly finding: Finding },
): Promise<string> {
  return writeHub(home.home, (hub) => {
    const { case: held } = heldOf(id, hub);
    if (held.opened.kind !== "objection" || held.checked !== undefined || held.decided !== undefined) {
      throw new CommandError("nothing to check in it · 该案件无须核查或已核查");
    }
    hub.leaveCheck({ case: id, finding });
    return "the running gateway signs it · 已提交，由运行中的网关签署";
  });
}

function heldOf(id: string, hub: Pick<CaseBook, "caseOf">): KeptCase {
  const held = hub.caseOf(id);
  if (held === undefined) throw new CommandError("there is no such case · 没有该案件");
  return held;
}

function shownOf({ case: { opened }, steps, due }: KeptCase) {
  const signed = steps.map(({ text, log }) => ({ said: readCaseStep(text), signed: text, log }));
  return { case: opened.case, due, steps: signed };
}

function lineOf({ case: held, due }: KeptCase): CaseLine {
  const { case: id, kind, source, record } = held.opened;
  const { decided, extended, checked } = held;
  const state = (decided ?? extended ?? checked ?? held.opened).step;
  const late = due !== undefined && due.on < chinaDay(Date.now());
  return { case: id, kind, source, record, state, outcome: decided?.outcome, due, late };
}
