import type { SampleSubject } from "../population.ts";
import { abnormalOperation } from "./abnormal-operation.ts";
import { commitment } from "./commitment.ts";
import { judgmentDefaulter } from "./judgment-defaulter.ts";
import { licence } from "./licence.ts";
import { penalty } from "./penalty.ts";
import { redList } from "./red-list.ts";
import { registration } from "./registration.ts";
import type { RowMaker } from "./row.ts";
import { seriouslyDishonest } from "./seriously-dishonest.ts";
import { taxCredit } from "./tax-credit.ts";

export type { About, Row } from "./row.ts";

/** The base catalogue's items, by code. */
export const rowMakers = {
  registration,
  licence,
  penalty,
  "abnormal-operation": abnormalOperation,
  "seriously-dishonest": seriouslyDishonest,
  "judgment-defaulter": judgmentDefaulter,
  "red-list": redList,
  commitment,
  "tax-credit": taxCredit,
} as const satisfies Record<string, RowMaker>;

export type SampleItem = keyof typeof rowMakers;
export const sampleItems = Object.keys(rowMakers).filter(isSampleItem);

export function isSampleItem(code: string): code is SampleItem {
  return Object.hasOwn(rowMakers, code);
}

/** After its registration: of a hundred records of an organisation so many are of each item. */
const organisationMix = [
  ["licence", 52],
  ["penalty", 16],
  ["commitment", 12],
  ["tax-credit", 10],
  ["abnormal-operation", 4],
  ["red-list", 3],
  ["judgment-defaulter", 2],
  ["seriously-dishonest", 1],
] as const;

const personMix = [
  ["licence", 60],
  ["penalty", 18],
  ["commitment", 14],
  ["red-list", 4],
  ["judgment-defaulter", 3],
  ["seriously-dishonest", 1],
] as const;

/** Only enterprises are ever listed as operating abnormally. */
const bodyMix = organisationMix.filter(([item]) => item !== "abnormal-operation");

/** @param draw uniform in [0, 1) */
export function itemOf({ subject }: SampleSubject, draw: number): SampleItem {
  const mix =
    subject.kind === "individual" ? personMix : subject.kind === "enterprise" ? organisationMix : bodyMix;
  let left = draw * mix.reduce((total, [, weight]) => total + weight, 0);
  for (const [item, weight] of mix) {
    left -= weight;
    if (left < 0) return item;
  }
  return "licence";
}
