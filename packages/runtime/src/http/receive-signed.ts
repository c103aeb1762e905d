import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import type { Result } from "@xinqiao/protocol/result";
import { fieldReader, type RequestHead } from "@xinqiao/protocol/signing";
import { type Received, receive } from "@xinqiao/protocol/transport";
import type { Context } from "hono";
import type { HttpEnv } from "./serve.ts";

export interface SignedEndpoint {
  readonly self: NodeId;
  /** Our public origin: behind a proxy the Host that arrives is not what the sender signed. */
  readonly origin: string;
  readonly directory: () => Directory;
  readonly now: () => number;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** The request as its sender signed it: the raw target and fields that node:http received. */
export function requestHead(context: Context<HttpEnv>, origin: string): RequestHead {
  const { incoming } = context.env;
  return {
    method: incoming.method ?? "",
    targetUri: `${origin}${incoming.url ?? ""}`,
    field: fieldReader(incoming.headers),
  };
}

/** Reads and verifies a signed request over the raw bytes. */
export async function receiveSigned(
  context: Context<HttpEnv>,
  endpoint: SignedEndpoint,
): Promise<Result<Received, Fault>> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), endpoint.bodyTimeoutMs);
  try {
    return await receive(
      { head: requestHead(context, endpoint.origin), stream: context.env.incoming },
      { maxBodyBytes: endpoint.maxBodyBytes, bodyTimeout: timeout.signal },
      () => {
        const directory = endpoint.directory();
        return { key: directory.key, self: endpoint.self, now: endpoint.now() };
      },
    );
  } finally {
    clearTimeout(timer);
  }
}
