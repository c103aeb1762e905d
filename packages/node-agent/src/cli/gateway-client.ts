import { readFile } from "node:fs/promises";
import type { AgentConfig } from "../config/index.ts";
import { createGatewayClient, type GatewayClient } from "../lookup/index.ts";

/** One connection to the gateway, for a command that asks it itself. */
export async function openGatewayClient({ gateway, limits, caFile }: AgentConfig): Promise<GatewayClient> {
  return createGatewayClient({
    origin: gateway.origin,
    connections: 1,
    maxReplyBytes: limits.maxReplyBytes,
    ...(caFile !== undefined && { ca: await readFile(caFile, "utf8") }),
  });
}
