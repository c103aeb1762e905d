import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { screeningSchema } from "@xinqiao/protocol/screening";
import { correctionsRequestSchema, publishSchema, readSchema } from "@xinqiao/protocol/sync";
import { parseJson } from "@xinqiao/protocol/transport";
import type { InFlight } from "@xinqiao/runtime/http";
import type { AppendError } from "../log/index.ts";
import { type ScreenDependencies, screen } from "../screening/index.ts";
import {
  type ReadChangesDependencies,
  readChanges,
  readCorrections,
  type TakePageDependencies,
  takePage,
} from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { noteRefusal } from "./lookups.ts";
import { jsonBody, type MemberHandler, type MemberRequest, type ReplyBody } from "./member-route.ts";

export interface SharingRouteDependencies {
  readonly take: TakePageDependencies;
  readonly read: ReadChangesDependencies;
  readonly screen: ScreenDependencies;
  /** Places of their own: who waits for changes keeps nobody from looking up. */
  readonly places: InFlight;
}

/** A page has half a megabyte of lines; in base64, and badly compressed, somewhat more. */
const publishBytes = 2 * 1024 * 1024;
/** Ten thousand subjects. */
const screenBytes = 1024 * 1024;
/** A hundred receipts. */
const readBytes = 1024 * 1024;

export interface ChangesRoute {
  readonly handler: MemberHandler;
  readonly maxBodyBytes: number;
}

/** `/v1/changes…`, `/v1/corrections` and `/v1/screenings` (PR-SYNC). */
export function changesHandlers(
  { take, read, screen: screening }: SharingRouteDependencies,
  events: GatewayEvents,
): Readonly<Record<string, ChangesRoute>> {
  const done = finisher(events);
  return {
    "/v1/changes": {
      maxBodyBytes: publishBytes,
      async handler(request) {
        const page = parseJson(request.body, publishSchema);
        if (!page.ok) return done(err({ refused: page.error }), request);
        return done(await takePage({ page: page.value, ...asked(request) }, take), request);
      },
    },
    "/v1/changes/read": {
      maxBodyBytes: readBytes,
      async handler(request) {
        const wanted = parseJson(request.body, readSchema);
        if (!wanted.ok) return done(err({ refused: wanted.error }), request);
        const { gone } = request;
        return done(await readChanges({ read: wanted.value, gone, ...asked(request) }, read), request);
      },
    },
    "/v1/screenings": {
      maxBodyBytes: screenBytes,
      async handler(request) {
        const asking = parseJson(request.body, screeningSchema);
        if (!asking.ok) return done(err({ refused: asking.error }), request);
        return done(await screen({ screening: asking.value, ...asked(request) }, screening), request);
      },
    },
    "/v1/corrections": {
      maxBodyBytes: readBytes,
      async handler(request) {
        const wanted = parseJson(request.body, correctionsRequestSchema);
        if (!wanted.ok) return done(err({ refused: wanted.error }), request);
        return done(await readCorrections({ ...wanted.value, ...asked(request) }, read), request);
      },
    },
  };
}

function asked({ verified, claim, trace: { traceId } }: MemberRequest) {
  return { member: verified.from.member, requestId: verified.requestId, claim, traceId };
}

type Outcome = Result<object, { readonly refused: Fault } | { readonly failed: AppendError }>;

function finisher(events: GatewayEvents) {
  return async (outcome: Outcome, { ids, claim }: MemberRequest): Promise<Result<ReplyBody, Fault>> => {
    if (outcome.ok) return ok(jsonBody(outcome.value));
    const { error } = outcome;
    if ("refused" in error) return err(await events.unreadable(error.refused, ids, ids.actor, claim));
    const reason = fault(error.failed.code);
    await noteRefusal(reason, ids, events);
    return err(reason);
  };
}
