import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { thumbprint } from "@xinqiao/protocol/keys";
import { CommandError } from "@xinqiao/runtime/cli";
import { readPublicKey } from "@xinqiao/runtime/keys";
import { readDirectory } from "@xinqiao/runtime/members";
import { loadCatalogue, loadConfig } from "../config/index.ts";

/** Checks everything `serve` needs, without serving. Throws with every finding. */
export async function doctor(home: string): Promise<string> {
  const config = await loadConfig(home);
  const directory = await readDirectory(config.members);
  const catalogue = await loadCatalogue(config);
  const keyId = thumbprint(await readPublicKey(config.signingKey));
  const disk = await statfs(dirname(config.log));
  const free = disk.bavail * disk.bsize;
  const findings: string[] = [];
  if (directory.key(keyId)?.member.node !== config.node) {
    findings.push("the signing key is not the one listed for this node · 签名密钥与成员清单不符");
  }
  if (directory.jurisdictions().length === 0) {
    findings.push("no member answers for any jurisdiction · 没有应答成员");
  }
  if (free < config.logReserveBytes) {
    findings.push(`free space is below the log's reserve of ${config.logReserveBytes} bytes · 磁盘余量不足`);
  }
  if (findings.length > 0) throw new CommandError(findings.join("\n"));
  return [
    `node · 节点\t${config.node}\t${config.origin}`,
    `members · 成员\tversion ${directory.version}, ${directory.jurisdictions().length} jurisdictions`,
    `catalogue · 目录\tversion ${catalogue.version}, ${catalogue.items.size} items, ${catalogue.purposes.size} purposes`,
    `disk · 磁盘\t${Math.floor(free / 2 ** 20)} MiB free`,
    "all is well · 一切正常",
  ].join("\n");
}
