import type { CaseAnswer, CaseRequest } from "@xinqiao/protocol/audit";
import { commitmentOf, decodeEntry } from "@xinqiao/protocol/log";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { caseField, openedValue, type ProofSource } from "../log/index.ts";
import { type AuditDependencies, type AuditError, type AuditRequest, auditors, begin } from "./begin.ts";

/** Under what reference a lookup was made, as far as it can still be shown. */
interface KnownCase {
  /** Of the lookup's entry. */
  readonly entry: number;
  /** `none`: there was none. `gone`: what opens the entry's commitment is erased or has expired. */
  readonly reference: { readonly text: string } | "none" | "gone";
}

export interface CheckCaseDependencies extends AuditDependencies {
  readonly source: Pick<ProofSource, "entriesOf" | "evidence">;
}

/** An auditor has a case's number, and asks whether a lookup was made under it: it is told yes or no, never another number. */
export async function checkCase(
  request: AuditRequest<CaseRequest>,
  deps: CheckCaseDependencies,
): Promise<Result<CaseAnswer, AuditError>> {
  const { of, reference } = request.asked;
  const known = caseOf(of, deps.source);
  const check = async () => (known ? undefined : fault("request.not-found"));
  const entry = { kind: "case.checked", of, private: { [caseField]: reference } } as const;
  const begun = await begin(request, { by: auditors, entry, check }, deps);
  if (!begun.ok) return begun;
  if (known === undefined) return err({ refused: fault("request.not-found") });
  const made = known.reference;
  const finding = typeof made === "string" ? made : made.text === reference ? "same" : "other";
  return ok({ of, finding, entry: known.entry, log: begun.value });
}

/** Nothing for an exchange that the log does not have. */
function caseOf(exchange: string, source: CheckCaseDependencies["source"]): KnownCase | undefined {
  for (const { index, leaf } of source.entriesOf(exchange)) {
    const entry = decodeEntry(Buffer.from(leaf));
    if (!entry.ok) continue;
    if (entry.value.kind !== "lookup.intent" && entry.value.kind !== "lookup.refused") continue;
    if (commitmentOf(entry.value, caseField) === undefined) return { entry: index, reference: "none" };
    const text = openedValue(entry.value, source.evidence(index), caseField);
    return { entry: index, reference: text === undefined ? "gone" : { text } };
  }
  return undefined;
}
