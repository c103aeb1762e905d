import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { Origin } from "./port.ts";

/** One GET of the city's gateway: what came, or why nothing did. */
export type GetFromGateway = (
  path: string,
  headers: Readonly<Record<string, string>>,
) => Promise<Result<{ readonly status: number; readonly body: string; readonly etag?: string }, Fault>>;

/**
 * A document as a city's gateway serves it (PR-REGISTRY §5, PR-CATALOGUE §5).
 * @param path of the newest version: `/v1/registry`
 */
export function createHttpOrigin(path: string, get: GetFromGateway): Origin {
  const text = async (from: string, headers: Readonly<Record<string, string>>) => {
    const reply = await get(from, headers);
    if (!reply.ok) return reply;
    const { status, body } = reply.value;
    if (status === 304 && "if-none-match" in headers) return ok("unchanged" as const);
    return status === 200 ? ok(body) : err(fault("gateway.response-invalid", `status ${status} for ${from}`));
  };
  return {
    newest: (hash) => text(path, hash === undefined ? {} : { "if-none-match": `"${hash}"` }),
    version: (version) => text(`${path}/${version}`, {}),
  };
}
