import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { gatewayFault } from "@xinqiao/runtime/published";
import type { Dispatcher } from "undici";
import type { WitnessLine, WitnessReply } from "./port.ts";

const prefix = "/v1/witness";

/** Witnesses over HTTP, through a pool that the caller keeps. */
export function createWitnessLine(dispatcher: Dispatcher, timeoutMs: number): WitnessLine {
  async function call(
    endpoint: string,
    path: string,
    options: Pick<Dispatcher.RequestOptions, "method"> & { readonly body?: string },
  ): Promise<Result<WitnessReply, Fault>> {
    try {
      const reply = await dispatcher.request({
        ...options,
        origin: endpoint,
        path: `${prefix}${path}`,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return ok({ status: reply.statusCode, body: await reply.body.text() });
    } catch (error) {
      return err(asWitness(gatewayFault(error)));
    }
  }

  return {
    addCheckpoint: (endpoint, body) => call(endpoint, "/add-checkpoint", { method: "POST", body }),
    async held(endpoint) {
      const reply = await call(endpoint, "/held", { method: "GET" });
      if (!reply.ok) return reply;
      if (reply.value.status === 404) return ok(undefined);
      return reply.value.status === 200 ? ok(reply.value.body) : err(fault("witness.reply-invalid"));
    },
  };
}

function asWitness({ code }: Fault): Fault {
  if (code === "gateway.timeout") return fault("node.timeout");
  return fault(code === "gateway.unreachable" ? "node.unreachable" : "witness.reply-invalid");
}
