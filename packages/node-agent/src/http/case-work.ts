import { caseDecisionSchema, caseExtensionSchema, caseOpeningSchema } from "@xinqiao/protocol/cases";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { z } from "zod";
import { type CaseDependencies, decideCase, extendCase, raiseCase, showCases } from "../cases/index.ts";
import type { CallError } from "../lookup/index.ts";
import type { LocalWork } from "./local-call.ts";

export interface CaseWorkDependencies {
  readonly cases: CaseDependencies & { readonly today: () => string };
}

type Ask = readonly [trace: Parameters<LocalWork>[1], gone: AbortSignal];

function work<Schema extends z.ZodType>(
  schema: Schema,
  use: (said: z.output<Schema>, ...ask: Ask) => Promise<Result<object, CallError>>,
): LocalWork {
  return async (body, ...ask) => {
    const said = parseJson(body, schema);
    return said.ok ? use(said.value, ...ask) : err({ by: "agent", fault: said.error });
  };
}

/** `POST /v1/cases`: an objection, or an application for credit repair. */
export const raiseFor = ({ cases }: CaseWorkDependencies): LocalWork =>
  work(caseOpeningSchema, (opening, trace, gone) => raiseCase(opening, trace, cases, gone));

/** `POST /v1/cases/list`: how this member's cases stand. */
export const casesFor = ({ cases }: CaseWorkDependencies): LocalWork =>
  work(z.strictObject({ case: z.uuid().optional() }), async (asked) => ok(showCases(asked, cases)));

/** `POST /v1/cases/{id}/extension`. */
export const extendFor = ({ cases }: CaseWorkDependencies, id: string): LocalWork =>
  work(caseExtensionSchema, (said, trace, gone) => extendCase(id, said, trace, cases, gone));

/** `POST /v1/cases/{id}/decision`: the record is made to be as decided. */
export const decideFor = ({ cases }: CaseWorkDependencies, id: string): LocalWork =>
  work(caseDecisionSchema, (decision, trace, gone) => decideCase(id, decision, trace, cases, gone));
