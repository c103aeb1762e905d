import { caseStepMessageSchema, casesReadSchema } from "@xinqiao/protocol/cases";
import { copiesReportSchema, digestsRequestSchema } from "@xinqiao/protocol/digests";
import {
  feedbackSchema,
  revocationAnswerMessageSchema,
  revocationsRequestSchema,
} from "@xinqiao/protocol/measures";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { screeningSchema } from "@xinqiao/protocol/screening";
import { correctionsRequestSchema, publishSchema, readSchema } from "@xinqiao/protocol/sync";
import { parseJson } from "@xinqiao/protocol/transport";
import type { InFlight } from "@xinqiao/runtime/http";
import type { z } from "zod";
import {
  type ReadCasesDependencies,
  readCases,
  type TakeCaseStepDependencies,
  takeCaseStep,
} from "../cases/index.ts";
import type { AppendError } from "../log/index.ts";
import {
  type ReadRevocationsDependencies,
  readRevocations,
  type TakeAnswerDependencies,
  type TakeReportDependencies,
  takeAnswer,
  takeReport,
} from "../measures/index.ts";
import { type ScreenDependencies, screen } from "../screening/index.ts";
import {
  noteCompared,
  type ReadChangesDependencies,
  readChanges,
  readCorrections,
  type TakePageDependencies,
  takePage,
  tellDigests,
} from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { noteRefusal } from "./lookups.ts";
import { jsonBody, type MemberHandler, type MemberRequest, type ReplyBody } from "./member-route.ts";

export interface SharingRouteDependencies {
  readonly take: TakePageDependencies;
  readonly read: ReadChangesDependencies;
  readonly screen: ScreenDependencies;
  readonly feedback: TakeReportDependencies;
  readonly revocations: ReadRevocationsDependencies;
  readonly answers: TakeAnswerDependencies;
  readonly caseSteps: TakeCaseStepDependencies;
  readonly readCases: ReadCasesDependencies;
  /** Places of their own: who waits for changes keeps nobody from looking up. */
  readonly places: InFlight;
}

/** A page has half a megabyte of lines; in base64, and badly compressed, somewhat more. */
const publishBytes = 2 * 1024 * 1024;
/** Ten thousand subjects. */
const screenBytes = 1024 * 1024;
/** A hundred receipts. */
const readBytes = 1024 * 1024;

/** One report. */
const feedbackBytes = 16 * 1024;

/** One step. */
const caseBytes = 48 * 1024;

export interface ChangesRoute {
  readonly handler: MemberHandler;
  readonly maxBodyBytes: number;
}

/** What members send about what is shared (PR-SYNC). */
export function changesHandlers(
  {
    take,
    read,
    screen: screening,
    feedback: reporting,
    revocations,
    answers,
    caseSteps,
    readCases: reading,
  }: SharingRouteDependencies,
  events: GatewayEvents,
): Readonly<Record<string, ChangesRoute>> {
  const route = routes(events);
  return {
    "/v1/changes": route(publishBytes, publishSchema, (page, request) =>
      takePage({ page, ...asked(request) }, take),
    ),
    "/v1/changes/read": route(readBytes, readSchema, (wanted, request) =>
      readChanges({ read: wanted, gone: request.gone, ...asked(request) }, read),
    ),
    "/v1/screenings": route(screenBytes, screeningSchema, (asking, request) =>
      screen({ screening: asking, ...asked(request) }, screening),
    ),
    "/v1/feedback": route(feedbackBytes, feedbackSchema, (feedback, request) =>
      takeReport({ feedback, ...asked(request) }, reporting),
    ),
    "/v1/revocations": route(readBytes, revocationsRequestSchema, (wanted, request) =>
      readRevocations({ asked: wanted, gone: request.gone, ...asked(request) }, revocations),
    ),
    "/v1/revocations/answers": route(feedbackBytes, revocationAnswerMessageSchema, (message, request) =>
      takeAnswer({ message, ...asked(request) }, answers),
    ),
    "/v1/cases": route(caseBytes, caseStepMessageSchema, (message, request) =>
      takeCaseStep({ message, ...asked(request) }, caseSteps),
    ),
    "/v1/cases/read": route(caseBytes, casesReadSchema, (wanted, request) =>
      readCases({ wanted, gone: request.gone, ...asked(request) }, reading),
    ),
    "/v1/corrections": route(readBytes, correctionsRequestSchema, (wanted, request) =>
      readCorrections({ ...wanted, ...asked(request) }, read),
    ),
    "/v1/digests": route(readBytes, digestsRequestSchema, (wanted, request) =>
      tellDigests({ wanted, ...asked(request) }, read),
    ),
    "/v1/digests/reports": route(readBytes, copiesReportSchema, (report, request) =>
      noteCompared({ ...report, ...asked(request) }, read),
    ),
  };
}

function asked({ verified, claim, trace: { traceId } }: MemberRequest) {
  return { member: verified.from.member, requestId: verified.requestId, claim, traceId };
}

type Outcome = Result<object, { readonly refused: Fault } | { readonly failed: AppendError }>;

/** Reads the body, has it done, and answers with what became of it. */
function routes(events: GatewayEvents) {
  return <Schema extends z.ZodType>(
    maxBodyBytes: number,
    schema: Schema,
    use: (body: z.output<Schema>, request: MemberRequest) => Promise<Outcome>,
  ): ChangesRoute => ({
    maxBodyBytes,
    async handler(request) {
      const body = parseJson(request.body, schema);
      const outcome: Outcome = body.ok ? await use(body.value, request) : err({ refused: body.error });
      return finish(outcome, request, events);
    },
  });
}

async function finish(
  outcome: Outcome,
  { ids, claim }: MemberRequest,
  events: GatewayEvents,
): Promise<Result<ReplyBody, Fault>> {
  if (outcome.ok) return ok(jsonBody(outcome.value));
  const { error } = outcome;
  if ("refused" in error) return err(await events.unreadable(error.refused, ids, ids.actor, claim));
  const reason = fault(error.failed.code);
  await noteRefusal(reason, ids, events);
  return err(reason);
}
