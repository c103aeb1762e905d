import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { FaultError } from "@xinqiao/protocol/problem";
import { readCatalogueFile } from "@xinqiao/runtime/catalogue";
import { CommandError } from "@xinqiao/runtime/cli";
import { createLogger } from "@xinqiao/runtime/logging";
import { followCity } from "../city/index.ts";
import type { AgentConfig } from "../config/index.ts";
import { createAgentEvents } from "../telemetry/index.ts";
import { openGatewayClient } from "./gateway-client.ts";

/** The catalogue that this member holds; taken from the city, when it holds none yet. */
export async function heldCatalogue(config: AgentConfig): Promise<Catalogue> {
  const held = await readCatalogueFile(config.catalogue);
  return held === undefined ? takeFirst(config) : held.catalogue;
}

async function takeFirst(config: AgentConfig): Promise<Catalogue> {
  const client = await openGatewayClient(config);
  const events = createAgentEvents(createLogger({ name: config.node, level: "silent" }), () => 0);
  try {
    const city = await followCity(config, { get: client.get, events, now: Date.now, firstWithinMs: 0 });
    city.stop();
    return city.catalogue();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    throw new CommandError(
      `no catalogue yet, and none from the city (${error.fault.code}) · 尚无目录，也无法从市级取得`,
    );
  } finally {
    await client.close();
  }
}
