import { createHash, timingSafeEqual } from "node:crypto";
import { type Code, fault } from "@xinqiao/protocol/problem";
import { type HttpEnv, problemReply, thrownReply } from "@xinqiao/runtime/http";
import { type Handler, Hono } from "hono";
import type { RecordSource } from "../source/index.ts";
import { type AuditWorkDependencies, auditWork } from "./audit-work.ts";
import { type CaseWorkDependencies, casesFor, decideFor, extendFor, raiseFor } from "./case-work.ts";
import { type LocalCallDependencies, type LocalWork, localCall } from "./local-call.ts";
import {
  copiesFor,
  correctionsFor,
  feedbackFor,
  intakeFor,
  issueFor,
  type LocalWorkDependencies,
  lookUpFor,
  reconcileCopiesFor,
  reconcileFor,
  revocationAnswerFor,
  revocationsFor,
  screenFor,
  withdrawFor,
} from "./local-work.ts";

export interface LocalDependencies
  extends LocalCallDependencies,
    LocalWorkDependencies,
    CaseWorkDependencies,
    AuditWorkDependencies {
  readonly token: string;
  readonly source: Pick<RecordSource, "check">;
  /** Whether the door to the gateway is open: the platform may look in before that. */
  readonly open: () => boolean;
}

/** Ten thousand subjects. */
const screeningBytes = 1024 * 1024;

/** A thousand rows with long texts. */
const intakeBytes = 8 * 1024 * 1024;

/** What the member's own platform calls on loopback, in plain JSON with a bearer token. */
export function localRoutes(deps: LocalDependencies): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const hop = deps.node;
  const expected = digest(`Bearer ${deps.token}`);
  const authorised = (header: string | undefined) => timingSafeEqual(digest(header ?? ""), expected);

  app.get("/healthz", (context) => context.json({ status: "ok", node: deps.node }));
  app.get("/readyz", async (context) => {
    const code = await notReady(deps);
    return context.json(code ? { status: "not ready", code } : { status: "ready" }, code ? 503 : 200);
  });
  app.get("/metrics", async (context) =>
    context.body(await deps.events.metrics(), 200, { "content-type": deps.events.metricsType }),
  );
  const route =
    (work: LocalWork, maxBodyBytes = deps.maxBodyBytes): Handler<HttpEnv> =>
    (context) =>
      authorised(context.req.header("authorization"))
        ? localCall(context, { ...deps, maxBodyBytes }, work)
        : problemReply(fault("local.unauthorised"), { hop });
  app.post("/v1/lookups", route(lookUpFor(deps)));
  app.post("/v1/screenings", route(screenFor(deps), screeningBytes));
  app.post("/v1/feedback", route(feedbackFor(deps)));
  app.post("/v1/revocations", route(revocationsFor(deps)));
  app.post("/v1/revocations/answers", route(revocationAnswerFor(deps)));
  app.post("/v1/cases", route(raiseFor(deps)));
  app.post("/v1/cases/list", route(casesFor(deps)));
  app.post("/v1/cases/:id/extension", (context, next) =>
    route(extendFor(deps, context.req.param("id")))(context, next),
  );
  app.post("/v1/cases/:id/decision", (context, next) =>
    route(decideFor(deps, context.req.param("id")))(context, next),
  );
  app.post("/v1/copies", route(copiesFor(deps)));
  app.post("/v1/copies/reconciliations", route(reconcileCopiesFor(deps)));
  app.post("/v1/corrections", route(correctionsFor(deps)));
  app.post("/v1/reconciliations", route(reconcileFor(deps)));
  for (const [path, work] of Object.entries(auditWork(deps))) app.post(path, route(work));
  app.post("/v1/authorisations", route(issueFor(deps)));
  app.post("/v1/authorisations/:id/withdrawal", (context, next) =>
    route(withdrawFor(deps, context.req.param("id")))(context, next),
  );
  app.post("/v1/intake/:item", (context, next) =>
    route(intakeFor(deps, context.req.param("item")), intakeBytes)(context, next),
  );
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    deps.events.failed(error);
    return thrownReply(error, { hop });
  });
  return app;
}

async function notReady({ open, inFlight, source }: LocalDependencies): Promise<Code | undefined> {
  if (!open()) return "server.starting";
  if (inFlight.draining) return "server.draining";
  const checked = await source.check(AbortSignal.timeout(2_000));
  return checked.ok ? undefined : checked.error.code;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
