import { fault } from "@xinqiao/protocol/problem";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import { Hono } from "hono";
import { type LookupRouteDependencies, lookupsRoute } from "./lookups.ts";

/** What members reach. */
export function publicApp(deps: LookupRouteDependencies): Hono<HttpEnv> {
  const hop = deps.endpoint.self;
  const app = new Hono<HttpEnv>();
  app.post("/v1/lookups", lookupsRoute(deps));
  app.all("/v1/lookups", () => problemReply(fault("request.method-not-allowed"), { hop }));
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    deps.events.failed(error);
    return problemReply(fault("server.internal"), { hop });
  });
  return app;
}
