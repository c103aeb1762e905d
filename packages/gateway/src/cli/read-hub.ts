import { CommandError } from "@xinqiao/runtime/cli";
import { type GatewayConfig, loadConfig } from "../config/index.ts";
import { type HubToRead, openHubToRead, type UnreadableSharing } from "../store/sqlite/index.ts";

const reasons: Record<UnreadableSharing, string> = {
  absent: "there is no such file: the gateway has not run yet · 没有该文件，网关尚未运行",
  older: "it is of an older version: start this version's gateway first · 版本较旧，请先启动本版本网关",
  newer: "it is of a newer version than this program · 版本高于本程序",
};

/** Reads what is shared in a process of its own, beside the gateway: no byte of its file is changed. */
export async function readHub<T>(
  home: string,
  read: (hub: HubToRead, config: GatewayConfig) => T | Promise<T>,
): Promise<T> {
  const config = await loadConfig(home);
  const opened = openHubToRead(config.sharing);
  if (!opened.ok) throw new CommandError(`${config.sharing}: ${reasons[opened.error]}`);
  const hub = opened.value;
  try {
    return await read(hub, config);
  } finally {
    hub.close();
  }
}
