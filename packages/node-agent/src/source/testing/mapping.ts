import type { InvalidRows } from "../invalid.ts";
import { penalties, taxGrades, testCatalogue, testJurisdiction, testNow } from "./rows.ts";

const lower = (row: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.keys(row).map((name) => [name, `p_${name.toLowerCase()}`]));

/** The platform has its own names: `p_cf_wsh` for `CF_WSH`. */
export const penaltyFields = lower(penalties[0] ?? {});
export const taxFields = lower(taxGrades[0] ?? {});

/** Rows as the platform has them. */
export const asPlatform = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [`p_${name.toLowerCase()}`, value])),
  );

/** Dependencies of a live source, and what it reported as invalid. */
export function liveDependencies(env: Record<string, string> = {}) {
  const invalid: InvalidRows[] = [];
  return {
    invalid,
    deps: {
      catalogue: () => testCatalogue,
      jurisdiction: testJurisdiction,
      now: () => testNow,
      onInvalid: (rows: InvalidRows) => void invalid.push(rows),
      env,
    },
  };
}
