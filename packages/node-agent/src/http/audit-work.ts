import {
  acknowledgedSchema,
  acknowledgementSchema,
  alertsAnswerSchema,
  alertsRequestSchema,
  caseAnswerSchema,
  caseRequestSchema,
  countsAnswerSchema,
  countsRequestSchema,
  exportAnswerSchema,
  exportRequestSchema,
  searchAnswerSchema,
  searchSchema,
  statementRequestSchema,
} from "@xinqiao/protocol/audit";
import { bundleSchema, proofRequestSchema } from "@xinqiao/protocol/bundle";
import type { Fault } from "@xinqiao/protocol/problem";
import { reconciliationsRequestSchema, reconciliationsSchema } from "@xinqiao/protocol/reconciliation";
import { err, type Result } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import type { z } from "zod";
import { askStatement } from "../audit/index.ts";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";
import type { LocalWork } from "./local-call.ts";

export interface AuditWorkDependencies {
  readonly audit: CallDependencies;
}

const byAgent = (reason: Fault): Result<never, CallError> => err({ by: "agent", fault: reason });

/** `POST /v1/audit/…`, by path: goes to the city signed, and its answer is checked before it is handed on. */
export function auditWork({ audit: deps }: AuditWorkDependencies): Readonly<Record<string, LocalWork>> {
  const pass = (
    path: string,
    shape: z.ZodType<object>,
    answer: z.ZodType<object>,
  ): Record<string, LocalWork> => ({
    [path]: async (body, trace, gone) => {
      const asked = parseJson(body, shape);
      return asked.ok
        ? askGateway({ path, body: asked.value, answer }, trace, deps, gone)
        : byAgent(asked.error);
    },
  });
  return {
    ...pass("/v1/audit/searches", searchSchema, searchAnswerSchema),
    ...pass("/v1/audit/counts", countsRequestSchema, countsAnswerSchema),
    ...pass("/v1/audit/alerts", alertsRequestSchema, alertsAnswerSchema),
    ...pass("/v1/audit/acknowledgements", acknowledgementSchema, acknowledgedSchema),
    ...pass("/v1/audit/cases", caseRequestSchema, caseAnswerSchema),
    ...pass("/v1/audit/exports", exportRequestSchema, exportAnswerSchema),
    ...pass("/v1/audit/reconciliations", reconciliationsRequestSchema, reconciliationsSchema),
    ...pass("/v1/audit/proofs", proofRequestSchema, bundleSchema),
    "/v1/audit/statements": async (body, trace, gone) => {
      const asked = parseJson(body, statementRequestSchema);
      return asked.ok ? askStatement(asked.value, trace, deps, gone) : byAgent(asked.error);
    },
  };
}
