import type { HttpEnv } from "@xinqiao/runtime/http";
import type { Context } from "hono";
import { addressKey } from "../limit/index.ts";

/** What a sender that nobody knows is known by. */
export function addressOf(context: Context<HttpEnv>): string {
  return addressKey(context.env.incoming.socket.remoteAddress ?? "");
}
