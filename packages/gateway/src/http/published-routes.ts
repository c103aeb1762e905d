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
  app.get(`/v1/${name}`, (context) => newest(context, served));
  app.get(`/v1/${name}/:version`, (context) => versionOf(context, served, hop));
}

function newest(context: Context<HttpEnv>, served: Served): Response {
  const { text, hash } = served.current();
  const headers = { etag: `"${hash}"`, "cache-control": "no-cache", "content-type": publishedMediaType };
  return context.req.header("if-none-match") === headers.etag
    ? context.body(null, 304, headers)
    : context.body(text, 200, headers);
}

/** One version, which never changes. */
async function versionOf(context: Context<HttpEnv>, served: Served, hop: string): Promise<Response> {
  const asked = context.req.param("version") ?? "";
  const version = /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : undefined;
  // One that lies there but is not decided by yet is not in the log either.
  const published = version !== undefined && version <= served.current().document.version;
  const text = published ? await served.text(version) : undefined;
  if (text === undefined) return problemReply(fault("request.not-found"), { hop });
  return context.body(text, 200, {
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": publishedMediaType,
  });
}
