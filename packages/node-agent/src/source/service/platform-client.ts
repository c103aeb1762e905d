import { err, ok, type Result } from "@xinqiao/protocol/result";
import { Pool } from "undici";

export interface PlatformClient {
  /** The reply as JSON, or one of our own phrases for what went wrong; never the platform's words. */
  ask(question: PlatformQuestion, signal: AbortSignal): Promise<Result<unknown, string>>;
  /** Whether anyone answers at the base URL; what is answered does not matter, it may want a credential. */
  reachable(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

export interface PlatformQuestion {
  readonly method: "POST" | "GET";
  readonly path: string;
  /** JSON text. */
  readonly body?: string | undefined;
}

export interface PlatformClientOptions {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly connections: number;
}

/** An unwanted reply up to this size is read and dropped, so that its connection can be used again. */
const dumpedBytes = 16 * 1024;

/** Redirects are not followed: the credential belongs to one host. */
export function createPlatformClient(options: PlatformClientOptions): PlatformClient {
  const { origin, pathname } = new URL(options.baseUrl);
  const prefix = pathname === "/" ? "" : pathname;
  const pool = new Pool(origin, {
    connections: options.connections,
    connectTimeout: options.timeoutMs,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
  });
  return {
    async ask({ method, path, body }, signal) {
      const limit = AbortSignal.timeout(options.timeoutMs);
      try {
        const reply = await pool.request({
          method,
          path: `${prefix}${path}`,
          headers: {
            accept: "application/json",
            ...options.headers,
            ...(body !== undefined && { "content-type": "application/json" }),
          },
          body: body ?? null,
          signal: AbortSignal.any([signal, limit]),
        });
        if (reply.statusCode === 200) return await readJson(reply.body, options.maxReplyBytes);
        await reply.body.dump({ limit: dumpedBytes });
        return err(`the platform answered ${reply.statusCode}`);
      } catch {
        if (signal.aborted) return err("abandoned");
        return err(limit.aborted ? "the platform took too long" : "the platform cannot be reached");
      }
    },
    async reachable(signal) {
      try {
        const limit = AbortSignal.timeout(options.timeoutMs);
        const reply = await pool.request({
          method: "GET",
          path: pathname,
          signal: AbortSignal.any([signal, limit]),
        });
        await reply.body.dump({ limit: dumpedBytes });
        return true;
      } catch {
        return false;
      }
    },
    close: () => pool.destroy(),
  };
}

async function readJson(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  maxBytes: number,
): Promise<Result<unknown, string>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return err("the platform's reply is too large");
    chunks.push(chunk);
  }
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))));
  } catch {
    return err("the platform's reply is not JSON");
  }
}
