import { fault } from "@xinqiao/protocol/problem";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import { Hono } from "hono";
import { type EnrolmentRouteDependencies, enrolmentsRoute } from "./enrolments.ts";
import { type LookupRouteDependencies, lookupsRoute } from "./lookups.ts";
import { type Served, servePublished } from "./published-routes.ts";

export interface PublicAppDependencies {
  readonly lookups: LookupRouteDependencies;
  readonly enrolments: EnrolmentRouteDependencies;
  readonly published: { readonly registry: Served; readonly catalogue: Served };
}

/** What members reach. */
export function publicApp({ lookups, enrolments, published }: PublicAppDependencies): Hono<HttpEnv> {
  const hop = lookups.endpoint.self;
  const app = new Hono<HttpEnv>();
  app.post("/v1/lookups", lookupsRoute(lookups));
  app.post("/v1/enrolments", enrolmentsRoute(enrolments));
  servePublished(app, "registry", published.registry, hop);
  servePublished(app, "catalogue", published.catalogue, hop);
  for (const path of ["/v1/lookups", "/v1/enrolments"])
    app.all(path, () => problemReply(fault("request.method-not-allowed"), { hop }));
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    lookups.events.failed(error);
    return problemReply(fault("server.internal"), { hop });
  });
  return app;
}
