import { fault } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { type HttpEnv, problemReply, thrownReply } from "@xinqiao/runtime/http";
import { Hono } from "hono";
import type { AuditingDependencies } from "../audit/index.ts";
import type { WithdrawalPages, WithdrawDependencies } from "../authorisation/index.ts";
import type { ReconcileDependencies } from "../books/index.ts";
import type { LookUpDependencies } from "../exchange/index.ts";
import type { ProveDependencies } from "../proofs/index.ts";
import { auditHandlers } from "./audit.ts";
import { changesHandlers, type SharingRouteDependencies } from "./changes.ts";
import { type EnrolmentRouteDependencies, enrolmentsRoute } from "./enrolments.ts";
import { type LogRouteDependencies, serveLog } from "./log-routes.ts";
import { lookupHandler } from "./lookups.ts";
import { type MemberRouteDependencies, memberRoute } from "./member-route.ts";
import { passedOnHandler } from "./passed-on.ts";
import { type Served, type ServedPeers, servePeers, servePublished } from "./published-routes.ts";
import { leavesHandler, reconciliationHandler } from "./reconciliations.ts";
import { withdrawalHandler, withdrawalPage } from "./withdrawals.ts";

export interface PublicDependencies {
  readonly member: MemberRouteDependencies;
  readonly lookUp: LookUpDependencies;
  readonly withdraw: WithdrawDependencies;
  readonly reconcile: ReconcileDependencies;
  readonly pages: WithdrawalPages;
  readonly audit: AuditingDependencies;
  readonly prove: ProveDependencies;
  readonly enrolments: EnrolmentRouteDependencies;
  readonly sharing: SharingRouteDependencies;
  readonly published: { readonly registry: Served; readonly catalogue: Served };
  readonly peers: ServedPeers;
  readonly log: Omit<LogRouteDependencies, "hop">;
  /** The city's own members, without those of other cities. */
  readonly own: () => Directory;
}

const posted = [
  "/v1/lookups",
  "/v1/answers",
  "/v1/authorisations/withdrawals",
  "/v1/reconciliations",
  "/v1/reconciliations/leaves",
  "/v1/enrolments",
];

/** What members reach. */
export function publicApp(deps: PublicDependencies): Hono<HttpEnv> {
  const { member, lookUp, withdraw, reconcile, pages, audit, prove, enrolments, sharing } = deps;
  const { published, peers, log, own } = deps;
  const hop = member.endpoint.self;
  const { events } = member;
  const app = new Hono<HttpEnv>();
  // Members of other cities come through their own gateway, which logs, counts and knows what was withdrawn there.
  const ownMember = { ...member, endpoint: { ...member.endpoint, directory: own } };
  app.post("/v1/lookups", memberRoute(ownMember, lookupHandler(lookUp, events)));
  app.post("/v1/authorisations/withdrawals", memberRoute(ownMember, withdrawalHandler(withdraw, events)));
  app.post("/v1/reconciliations", memberRoute(ownMember, reconciliationHandler(reconcile, events)));
  app.post("/v1/reconciliations/leaves", memberRoute(ownMember, leavesHandler(reconcile, events)));
  app.post("/v1/answers", memberRoute(member, passedOnHandler({ lookUp, own, events })));
  const auditing = Object.entries(auditHandlers(audit, prove, events));
  for (const [path, handler] of auditing) app.post(path, memberRoute(ownMember, handler));
  const places = { ...ownMember, inFlight: sharing.places };
  const changing = Object.entries(changesHandlers(sharing, events));
  for (const [path, { handler, maxBodyBytes }] of changing) {
    app.post(path, memberRoute({ ...places, endpoint: { ...places.endpoint, maxBodyBytes } }, handler));
  }
  app.get("/v1/withdrawals", (context) => withdrawalPage(context, { hop, pages }));
  app.post("/v1/enrolments", enrolmentsRoute(enrolments));
  servePublished(app, "registry", published.registry, hop);
  servePublished(app, "catalogue", published.catalogue, hop);
  servePeers(app, peers, hop);
  serveLog(app, { hop, ...log });
  for (const path of [...posted, ...[...auditing, ...changing].map(([path]) => path)])
    app.all(path, () => problemReply(fault("request.method-not-allowed"), { hop }));
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    events.failed(error);
    return thrownReply(error, { hop });
  });
  return app;
}
