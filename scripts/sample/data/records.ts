import { createDice, type Dice } from "./dice.ts";
import type { SamplePlace } from "./nodes.ts";
import { demonstrationSubject, type SampleSubject, subjectsOf } from "./population.ts";
import { itemOf, type Row, rowMakers, type SampleItem } from "./rows/index.ts";
import { recordCount, sampleVersion } from "./size.ts";

export interface SampleRecord {
  readonly item: SampleItem;
  readonly row: Row;
  readonly state: "current" | "annotated" | "repaired" | "withdrawn";
}

/** Few enough that the demonstration's records fit on a screen. */
const demonstrationRecords = 9;

/**
 * Everything a node's source holds, one record after another: nothing is kept, so that the size is bounded
 * by the disk only. Each subject has dice of its own.
 */
export function* recordsOf(node: SamplePlace, subjects: number): Generator<SampleRecord> {
  for (const subject of subjectsOf(node, subjects)) yield* recordsAbout(subject, node, subjects);
}

/** Document numbers of one subject: more than it has records. */
const numbersEach = 1_000;

function* recordsAbout(subject: SampleSubject, node: SamplePlace, subjects: number): Generator<SampleRecord> {
  const dice = createDice(`${sampleVersion}/${node.node}/${subject.place}`);
  const demonstration = subject.place === demonstrationSubject.place;
  const count = demonstration ? demonstrationRecords : recordCount(subject.place, subjects);
  for (let at = 0; at < count; at += 1) {
    const item = nextItem(subject, at, dice);
    const number = subject.place * numbersEach + at;
    const row = rowMakers[item]({ subject, node, number, dice });
    const state = at === 0 ? "current" : stateOf(dice.fraction());
    yield { item, row: state === "annotated" ? { ...row, BZ: "异议核查中" } : row, state };
  }
}

/** Of a hundred records two are under objection, two repaired and one withdrawn. */
function stateOf(draw: number): SampleRecord["state"] {
  if (draw < 0.02) return "annotated";
  if (draw < 0.04) return "repaired";
  return draw < 0.05 ? "withdrawn" : "current";
}

/** An organisation's first record is its registration; everything after it is drawn. */
function nextItem(subject: SampleSubject, at: number, dice: Dice): SampleItem {
  return at === 0 && subject.subject.kind !== "individual"
    ? "registration"
    : itemOf(subject, dice.fraction());
}
