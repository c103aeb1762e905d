import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { DocumentName } from "@xinqiao/protocol/published";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { Origin } from "./port.ts";

/** One GET of the city's gateway: what came, or why nothing did. */
export type GetFromGateway = (
  path: string,
  headers: Readonly<Record<string, string>>,
) => Promise<Result<{ readonly status: number; readonly body: string; readonly etag?: string }, Fault>>;

/** A document as the city's gateway serves it (PR-REGISTRY §5, PR-CATALOGUE §5). */
export function createHttpOrigin(name: DocumentName, get: GetFromGateway): Origin {
  const text = async (path: string, headers: Readonly<Record<string, string>>) => {
    const reply = await get(path, headers);
    if (!reply.ok) return reply;
    const { status, body } = reply.value;
    if (status === 304 && "if-none-match" in headers) return ok("unchanged" as const);
    return status === 200 ? ok(body) : err(fault("gateway.response-invalid", `status ${status} for ${path}`));
  };
  return {
    newest: (hash) => text(`/v1/${name}`, hash === undefined ? {} : { "if-none-match": `"${hash}"` }),
    version: (version) => text(`/v1/${name}/${version}`, {}),
  };
}
