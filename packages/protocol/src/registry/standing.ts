import type { RegistryDocument } from "./document.ts";

/** `current`; past its end but still used, flagged (`grace`); no longer used (`expired`). */
export type RegistryStanding = "current" | "grace" | "expired";

/**
 * How good a version still is: a city whose registry is not renewed in time degrades, it does not stop at once.
 * @param graceSeconds a purpose's own, where it allows less than the registry
 */
export function registryStanding(
  { exp, grace }: Pick<RegistryDocument, "exp" | "grace">,
  now: number,
  graceSeconds: number = grace,
): RegistryStanding {
  const late = now / 1000 - exp;
  if (late <= 0) return "current";
  return late <= Math.min(grace, graceSeconds) ? "grace" : "expired";
}
