import { CommandError } from "@xinqiao/runtime/cli";
import { Agent } from "undici";
import { backUp, restore } from "../backup/index.ts";
import { loadConfig } from "../config/index.ts";
import { createWitnessLine } from "../witnesses/index.ts";

const witnessTimeoutMs = 5_000;

/** Backs the gateway up, running or not. */
export async function backup(
  root: string,
  { home, withKeys }: { readonly home: string; readonly withKeys?: boolean },
): Promise<string> {
  const config = await loadConfig(home);
  const { folder, manifest } = await backUp(root, config, {
    home,
    now: Date.now(),
    withKeys: withKeys === true,
  });
  return `backed up · 已备份: ${folder}, ${manifest.log.size} entries, root ${manifest.log.root}`;
}

/** Makes a gateway's home from a backup that nothing newer is known of. */
export async function restoreHome(given: string, home: string): Promise<string> {
  if (home === ".") throw new CommandError("say where to: --home <dir> · 请用 --home 指明目标目录");
  const dispatcher = new Agent({ connect: { timeout: witnessTimeoutMs } });
  const line = createWitnessLine(dispatcher, witnessTimeoutMs);
  const { manifest, silent, withKeys } = await restore(given, { home, line, now: Date.now }).finally(() =>
    dispatcher.close(),
  );
  return [
    `restored · 已恢复: ${home}, ${manifest.log.size} entries of ${manifest.at}`,
    ...(silent.length > 0 ? [`not heard · 未应答的见证方: ${silent.join(", ")}`] : []),
    ...(withKeys
      ? []
      : ["the private keys are not in it: put them in their place · 备份不含私钥，请自行放回"]),
  ].join("\n");
}
