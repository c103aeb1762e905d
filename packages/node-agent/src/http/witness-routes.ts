import { logOrigin } from "@xinqiao/protocol/checkpoint";
import { fault } from "@xinqiao/protocol/problem";
import { ok } from "@xinqiao/protocol/result";
import { readBody } from "@xinqiao/protocol/transport";
import { type HttpEnv, type InFlight, problemReply } from "@xinqiao/runtime/http";
import type { Hono } from "hono";
import type { Witness, WitnessDependencies } from "../witness/index.ts";
import { within } from "./within.ts";

export interface WitnessRouteDependencies extends Pick<WitnessDependencies, "self" | "city" | "book"> {
  readonly witness: Witness;
  readonly bodyTimeoutMs: number;
  /** Places of their own: whoever sends checkpoints keeps no question waiting. */
  readonly places: InFlight;
}

/** A proof of 63 hashes and a checkpoint that many have signed. */
const longestRequest = 64 * 1024;

/**
 * `/v1/witness/…` (PR-AUDIT §6, C2SP tlog-witness). What is sent is signed by the log, so that nobody else need be known;
 * what is held is public.
 */
export function witnessRoutes(app: Hono<HttpEnv>, deps: WitnessRouteDependencies): void {
  const hop = deps.self;
  app.post("/v1/witness/add-checkpoint", async (context) => {
    // Read first: whoever sends slowly takes no place.
    const { incoming } = context.env;
    const length = incoming.headers["content-length"];
    const body = await readBody(incoming, length, longestRequest, AbortSignal.timeout(deps.bodyTimeoutMs));
    if (!body.ok) return problemReply(body.error, { hop });
    const answered = await within(deps.places, async () => ok(await deps.witness.addCheckpoint(body.value)));
    if (!answered.ok) return problemReply(answered.error, { hop });
    const { status, body: text, contentType } = answered.value;
    return new Response(text, { status, headers: { "content-type": contentType } });
  });
  app.get("/v1/witness/held", (context) => {
    const note = deps.book.held(logOrigin(deps.city));
    if (note === undefined) return problemReply(fault("request.not-found"), { hop });
    return context.body(note, 200, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-cache",
    });
  });
  app.get("/v1/witness/evidence", (context) => context.json(deps.book.evidence()));
}
