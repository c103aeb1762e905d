import { fault } from "@xinqiao/protocol/problem";
import { registryMediaType } from "@xinqiao/protocol/registry";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import type { Context } from "hono";
import type { RegistryHolder } from "../registry/index.ts";

export interface RegistryRouteDependencies {
  readonly hop: string;
  readonly registry: Pick<RegistryHolder, "current" | "text">;
}

/** `GET /v1/registry`: the newest version. Public: it is signed, and holds nothing of any subject (PR-REGISTRY §5). */
export function newestRegistry(context: Context<HttpEnv>, { registry }: RegistryRouteDependencies): Response {
  const { text, hash } = registry.current();
  const headers = { etag: `"${hash}"`, "cache-control": "no-cache", "content-type": registryMediaType };
  return context.req.header("if-none-match") === headers.etag
    ? context.body(null, 304, headers)
    : context.body(text, 200, headers);
}

/** `GET /v1/registry/{version}`: one version, which never changes. */
export async function registryVersion(
  context: Context<HttpEnv>,
  { registry, hop }: RegistryRouteDependencies,
): Promise<Response> {
  const asked = context.req.param("version") ?? "";
  const version = /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : undefined;
  // One that lies there but is not decided by yet is not in the log either.
  const published = version !== undefined && version <= registry.current().document.version;
  const text = published ? await registry.text(version) : undefined;
  if (text === undefined) return problemReply(fault("request.not-found"), { hop });
  return context.body(text, 200, {
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": registryMediaType,
  });
}
