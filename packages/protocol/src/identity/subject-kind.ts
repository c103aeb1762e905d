import type { SubjectScheme } from "./scheme.ts";
import type { SubjectKind } from "./subject.ts";

/**
 * The kind of subject a valid identifier was given to. A code tells by its registering authority
 * (GB 32100): individual businesses (92) and rural collectives (N) are enterprises here, organs of
 * government and the army's institutions count with the public institutions, and every other body is
 * a social organisation.
 */
export function subjectKindOf(scheme: SubjectScheme, id: string): SubjectKind {
  if (scheme === "citizen-id") return "individual";
  if (scheme === "registration-number" || /^[9N]/.test(id)) return "enterprise";
  return /^[1A]/.test(id) ? "public-institution" : "social-organisation";
}
