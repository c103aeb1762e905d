import { type GatewayConfig, loadConfig } from "../config/index.ts";
import { type OpenedHub, openHub } from "../store/sqlite/index.ts";

/** Changes what is shared from a process of its own, beside the gateway. */
export async function writeHub<T>(
  home: string,
  write: (hub: OpenedHub, config: GatewayConfig) => T | Promise<T>,
): Promise<T> {
  const config = await loadConfig(home);
  const hub = openHub(config.sharing);
  try {
    return await write(hub, config);
  } finally {
    hub.close();
  }
}
