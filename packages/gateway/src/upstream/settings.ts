import { readFile } from "node:fs/promises";
import type { GatewayConfig } from "../config/index.ts";
import { type UpstreamSettings, upstreamDefaults } from "./targets.ts";

/** How nodes are called, as the operator has it. */
export async function upstreamSettings({ upstream, limits }: GatewayConfig): Promise<UpstreamSettings> {
  const { caFile, ...settings } = upstream;
  return {
    ...upstreamDefaults,
    ...settings,
    maxAnswerBytes: limits.maxAnswerBytes,
    ...(caFile !== undefined && { ca: await readFile(caFile, "utf8") }),
  };
}
