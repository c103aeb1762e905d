import { readdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { openCatalogue } from "@xinqiao/protocol/catalogue";
import { thumbprint } from "@xinqiao/protocol/keys";
import { registryStanding } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
import { readPublicKey } from "@xinqiao/runtime/keys";
import { openCatalogueFolder } from "../catalogue/index.ts";
import { type GatewayConfig, loadConfig, readTagKey } from "../config/index.ts";
import { measureGrowth } from "../growth/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { openPublishedLog } from "../store/sqlite/index.ts";

/** Nothing to say of a log that there is not yet. */
async function growthOf(config: GatewayConfig): Promise<string> {
  if (!(await exists(config.log))) return "";
  const log = openPublishedLog(config.log);
  try {
    const { bytesPerDay, daysLeft } = await measureGrowth(config, log, Date.now());
    const left = daysLeft === undefined ? "" : `, ${Math.floor(daysLeft)} days left`;
    return `, the log takes · 日志日增 ${(bytesPerDay / 2 ** 20).toFixed(1)} MiB a day${left}`;
  } finally {
    log.close();
  }
}

/** Checks everything `serve` needs, without serving. Throws with every finding. */
export async function doctor(home: string): Promise<string> {
  const config = await loadConfig(home);
  const { directory, document } = await openRegistryFolder(config.registry, Date.now).newest();
  const published = await openCatalogueFolder(config.catalogue).newest();
  const anchor = { city: config.node, keys: document.keys };
  const believed = openCatalogue(published.text, anchor, Date.now());
  const { catalogue } = published;
  const keyId = thumbprint(await readPublicKey(config.signingKey));
  const disk = await statfs(dirname(config.log));
  const free = disk.bavail * disk.bsize;
  const growth = await growthOf(config);
  const findings: string[] = [];
  await readTagKey(config.logTagKey).catch(({ message }: Error) => findings.push(message));
  if (directory.key(keyId)?.member.node !== config.node) {
    findings.push("the signing key is not the one listed for this node · 签名密钥与成员清单不符");
  }
  if (directory.jurisdictions().length === 0) {
    findings.push("no member answers for any jurisdiction · 没有应答成员");
  }
  if (free < config.logReserveBytes) {
    findings.push(`free space is below the log's reserve of ${config.logReserveBytes} bytes · 磁盘余量不足`);
  }
  if (registryStanding(document, Date.now()) !== "current") {
    findings.push("the registry is past its end: run `registry renew` · 成员清单已过期，请续签");
  }
  if (!believed.ok) {
    findings.push(
      `members would refuse the catalogue (${believed.error.code}): publish it again · 成员将拒收现行目录，请重新发布`,
    );
  }
  const alarms = await readdir(config.alarms).catch(() => []);
  if (alarms.length > 0) {
    findings.push(
      `witnesses hold heads that this log never had: ${alarms.length} in ${config.alarms}; move them away once they are looked into · 见证方持有本日志从未有过的检查点，查明后移走该目录中的文件`,
    );
  }
  if (findings.length > 0) throw new CommandError(findings.join("\n"));
  return [
    `node · 节点\t${config.node}\t${config.origin}`,
    `registry · 成员清单\tversion ${directory.version}, ${directory.jurisdictions().length} jurisdictions, until ${new Date(document.exp * 1000).toISOString()}`,
    `catalogue · 目录\tversion ${catalogue.version}, ${catalogue.items.size} items, ${catalogue.purposes.size} purposes`,
    `disk · 磁盘\t${Math.floor(free / 2 ** 20)} MiB free${growth}`,
    "all is well · 一切正常",
  ].join("\n");
}
