import type { SecureContext } from "node:tls";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { Pool } from "undici";
import { type UpstreamFault, upstreamFault } from "./fault.ts";

export interface AttemptRequest {
  /** On the origin of the target's endpoint. */
  readonly url: URL;
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RawReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes as they came, never decoded. */
  readonly body: Uint8Array;
}

export interface WireSettings {
  /** Sockets to one node; calls beyond that wait in the pool, inside their own time. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** Longest that one attempt may take. */
  readonly attemptTimeoutMs: number;
  readonly maxAnswerBytes: number;
  /** What to trust for https, made once for all targets; default: what Node trusts. */
  readonly secureContext?: SecureContext | undefined;
}

/** HTTP to one origin, over one pool. */
export interface Wire {
  /**
   * One request, one reply; never sent twice. Settles once undici has let go of the request, which is
   * later than `signal` when it was still waiting for a connection.
   */
  send(request: AttemptRequest, signal: AbortSignal): Promise<Result<RawReply, UpstreamFault>>;
  /** Waits for what is under way, then closes the sockets. */
  close(): Promise<void>;
}

/** Below the minute after which load balancers commonly drop an idle connection unannounced. */
const longestIdleMs = 50_000;

export function createWire(origin: string, settings: WireSettings): Wire {
  const pool = new Pool(origin, {
    connections: settings.connections,
    pipelining: 1,
    // One call, one socket: a timeout then costs its own connection only, and `connections` is a bound.
    allowH2: false,
    // The attempt's signal is exact and comes first; undici's own defaults are 300 s.
    headersTimeout: settings.attemptTimeoutMs,
    bodyTimeout: settings.attemptTimeoutMs,
    keepAliveMaxTimeout: longestIdleMs,
    maxResponseSize: settings.maxAnswerBytes,
    connect: {
      timeout: settings.connectTimeoutMs,
      ...(settings.secureContext && { secureContext: settings.secureContext }),
    },
  });
  return {
    async send({ url, method, headers, body }, signal) {
      if (url.origin !== origin) throw new RangeError(`a request for ${url.origin} was sent to ${origin}`);
      try {
        const reply = await pool.request({
          path: `${url.pathname}${url.search}`,
          method,
          headers,
          body,
          signal,
        });
        return ok({ status: reply.statusCode, headers: reply.headers, body: await reply.body.bytes() });
      } catch (error) {
        return err(signal.aborted ? cutShort : faultOf(error));
      }
    },
    close: () => pool.close(),
  };
}

const timeouts = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
const tooLarge = new Set(["UND_ERR_RES_EXCEEDED_MAX_SIZE", "UND_ERR_HEADERS_OVERFLOW"]);
/** Mistakes of ours, which must not pass for the node's. */
const misuse = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_CLOSED",
  "UND_ERR_DESTROYED",
]);

/** Whoever aborted knows why, and says it better. */
const cutShort = upstreamFault("neutral", "node.cancelled");

/**
 * What broke on the way: refused, unresolved, reset, a certificate not trusted, bytes that are not HTTP.
 * Only the error's code or name is kept, since messages hold addresses. Mistakes of ours are thrown on.
 */
function faultOf(error: unknown): UpstreamFault {
  const reason = nameOf(error);
  if (misuse.has(reason)) throw error;
  if (timeouts.has(reason)) return upstreamFault("failure", "node.timeout");
  if (tooLarge.has(reason)) return upstreamFault("failure", "answer.too-large");
  return upstreamFault("failure", "node.unreachable", { reason });
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
