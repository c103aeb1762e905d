import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { fault } from "@xinqiao/protocol/problem";
import { type DocumentName, type Published, publishedMediaType } from "@xinqiao/protocol/published";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import type { Context, Hono } from "hono";
import type { Holder } from "../published/index.ts";

/** What is served of one kind of document. */
export type Served = Pick<Holder<Published>, "current" | "text">;

/**
 * `GET /v1/registry`, `/v1/catalogue`: the newest version, and each by its number. Public: it is signed, and holds
 * nothing of any subject (PR-REGISTRY §5, PR-CATALOGUE §5).
 */
export function servePublished(app: Hono<HttpEnv>, name: DocumentName, served: Served, hop: string): void {
  app.get(`/v1/${name}`, (context) => newest(context, served.current()));
  app.get(`/v1/${name}/:version`, (context) => versionOf(context, served.current(), served.text, hop));
}

/** What is held of other cities' registries. */
export interface ServedPeers {
  registry(city: NodeId): Published | undefined;
  text(city: NodeId, version: number): Promise<string | undefined>;
}

/**
 * `GET /v1/peers/{city}/registry`: of a peer, as its own city has signed it. Members of this city take it from here:
 * they need no way to anybody else (PR-REGISTRY §7).
 */
export function servePeers(app: Hono<HttpEnv>, peers: ServedPeers, hop: string): void {
  const held = (context: Context<HttpEnv>) => {
    const city = nodeIdSchema.safeParse(context.req.param("city")).data;
    const current = city && peers.registry(city);
    return city && current ? { city, current } : undefined;
  };
  app.get("/v1/peers/:city/registry", (context) => {
    const found = held(context);
    return found ? newest(context, found.current) : notFound(hop);
  });
  app.get("/v1/peers/:city/registry/:version", (context) => {
    const found = held(context);
    const text = (version: number) => (found ? peers.text(found.city, version) : Promise.resolve(undefined));
    return found ? versionOf(context, found.current, text, hop) : notFound(hop);
  });
}

const notFound = (hop: string) => problemReply(fault("request.not-found"), { hop });

function newest(context: Context<HttpEnv>, { text, hash }: Published): Response {
  const headers = { etag: `"${hash}"`, "cache-control": "no-cache", "content-type": publishedMediaType };
  return context.req.header("if-none-match") === headers.etag
    ? context.body(null, 304, headers)
    : context.body(text, 200, headers);
}

/** One version, which never changes. */
async function versionOf(
  context: Context<HttpEnv>,
  { document }: Published,
  textOf: (version: number) => Promise<string | undefined>,
  hop: string,
): Promise<Response> {
  const asked = context.req.param("version") ?? "";
  const version = /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : undefined;
  // One that lies there but is not decided by yet is not in the log either.
  const published = version !== undefined && version <= document.version;
  const text = published ? await textOf(version) : undefined;
  if (text === undefined) return notFound(hop);
  return context.body(text, 200, {
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": publishedMediaType,
  });
}
