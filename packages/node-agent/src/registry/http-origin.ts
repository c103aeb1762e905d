import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { RegistryOrigin } from "./port.ts";

/** One GET of the city's gateway: what came, or why nothing did. */
export type GetFromGateway = (
  path: string,
  headers: Readonly<Record<string, string>>,
) => Promise<Result<{ readonly status: number; readonly body: string; readonly etag?: string }, Fault>>;

/** The registry as the city's gateway serves it (PR-REGISTRY §5). */
export function createHttpOrigin(get: GetFromGateway): RegistryOrigin {
  const text = async (path: string, headers: Readonly<Record<string, string>>) => {
    const reply = await get(path, headers);
    if (!reply.ok) return reply;
    const { status, body } = reply.value;
    if (status === 304 && "if-none-match" in headers) return ok("unchanged" as const);
    return status === 200 ? ok(body) : err(fault("gateway.response-invalid", `status ${status} for ${path}`));
  };
  return {
    newest: (hash) => text("/v1/registry", hash === undefined ? {} : { "if-none-match": `"${hash}"` }),
    version: (version) => text(`/v1/registry/${version}`, {}),
  };
}
