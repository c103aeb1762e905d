import { fault } from "@xinqiao/protocol/problem";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import { Hono } from "hono";
import { type LookupRouteDependencies, lookupsRoute } from "./lookups.ts";
import { newestRegistry, type RegistryRouteDependencies, registryVersion } from "./registry-routes.ts";

/** What members reach. */
export function publicApp(
  deps: LookupRouteDependencies,
  registry: RegistryRouteDependencies["registry"],
): Hono<HttpEnv> {
  const hop = deps.endpoint.self;
  const app = new Hono<HttpEnv>();
  app.post("/v1/lookups", lookupsRoute(deps));
  app.get("/v1/registry", (context) => newestRegistry(context, { hop, registry }));
  app.get("/v1/registry/:version", (context) => registryVersion(context, { hop, registry }));
  app.all("/v1/lookups", () => problemReply(fault("request.method-not-allowed"), { hop }));
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    deps.events.failed(error);
    return problemReply(fault("server.internal"), { hop });
  });
  return app;
}
