import type { Logger } from "@xinqiao/runtime/logging";
import type { CaseStepped } from "../cases/index.ts";
import type { CallError } from "../lookup/index.ts";

export interface CaseEvents {
  /** A step of a case of this member's: which, whose, and what is waited for; no reason, and nothing of the record. */
  caseStepped(stepped: CaseStepped): void;
  /** The city does not say how cases stand. The first of several in a row. */
  casesFault(reason: CallError): void;
}

export function createCaseEvents(logger: Logger): CaseEvents {
  return {
    caseStepped(stepped) {
      logger.info({ event: "case-stepped", ...stepped });
    },
    casesFault(reason) {
      const { code, detail } = reason.by === "agent" ? reason.fault : reason.problem;
      logger.warn({ event: "cases-fault", code, detail });
    },
  };
}
