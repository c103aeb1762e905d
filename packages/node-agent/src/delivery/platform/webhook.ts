import { createHash } from "node:crypto";
import type { NodeId } from "@xinqiao/protocol/identity";
import { signCompact } from "@xinqiao/protocol/jws";
import type { Signer } from "@xinqiao/protocol/keys";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { codeOf } from "@xinqiao/runtime/files";
import { Pool } from "undici";
import type { DeliveryFault, Platform } from "../port.ts";

export interface WebhookOptions {
  /** This delivery's name. */
  readonly name: string;
  readonly node: NodeId;
  readonly signer: Signer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** So that nothing else that the member signs can pass for a batch (RFC 8725 §3.11). */
export const deliveryType = "xinqiao-delivery+jws";

/** An answer up to this size is read and dropped, so that its connection can be used again. */
const dumpedBytes = 16 * 1024;

/** What says that something in the batch will never be taken; any other status may mean the way there, or its keeper. */
const refusals = new Set([400, 413, 422]);

/** Posts each batch, signed as a whole. Redirects are not followed: what is sent is for one host. */
export function openWebhook({ url, signer, now, timeoutMs, ...options }: WebhookOptions): Platform {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, {
    connections: 1,
    connectTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  async function ask(
    method: "POST" | "GET",
    headers: Readonly<Record<string, string>>,
    body: string | null,
    signal: AbortSignal,
  ): Promise<Result<number, DeliveryFault>> {
    try {
      const reply = await pool.request({
        method,
        path: `${pathname}${search}`,
        headers: { ...options.headers, ...headers },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await reply.body.dump({ limit: dumpedBytes });
      return ok(reply.statusCode);
    } catch (error) {
      const code = codeOf(error);
      return err({ code: "delivery.unavailable", reason: typeof code === "string" ? code : "no answer" });
    }
  }
  return {
    // It may not look at where it stands: to another address everything is told anew.
    target: `webhook ${createHash("sha256").update(url).digest("base64url")}`,
    async take(batch, signal) {
      const said = { iss: options.node, iat: Math.floor(now() / 1000), delivery: options.name, ...batch };
      const body = await signCompact(Buffer.from(JSON.stringify(said)), deliveryType, signer);
      const headers = { "content-type": "application/jose", "idempotency-key": batch.mark };
      const status = await ask("POST", headers, body, signal);
      return status.ok ? takenBy(status.value) : status;
    },
    async check(signal) {
      const status = await ask("GET", {}, null, signal);
      return status.ok ? ok(`webhook, ${origin}`) : status;
    },
    close: () => pool.destroy(),
  };
}

function takenBy(status: number): Result<void, DeliveryFault> {
  if (status >= 200 && status < 300) return ok(undefined);
  const reason = `http-${status}`;
  if (status === 409) return err({ code: "delivery.another-past", reason });
  return err({ code: refusals.has(status) ? "delivery.refused" : "delivery.unavailable", reason });
}
