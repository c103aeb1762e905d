import { readSigner } from "@xinqiao/runtime/keys";
import type { AgentConfig } from "../config/index.ts";
import { openPlatform } from "../delivery/index.ts";
import type { AgentStore } from "../store/index.ts";

/** Whether each platform could take copies now, and what it does not take. */
export async function checkDeliveries(
  config: AgentConfig,
  store: Pick<AgentStore, "deliveries">,
  findings: string[],
): Promise<string> {
  const { node, deliveries, signingKey } = config;
  if (deliveries.length === 0) return "none · 未配置";
  const signer = await readSigner(signingKey);
  const checked: string[] = [];
  for (const delivery of deliveries) {
    const platform = await openPlatform(delivery, { node, signer, now: Date.now, env: process.env });
    const found = await platform.check(AbortSignal.timeout(5_000));
    await platform.close();
    if (found.ok) checked.push(`${delivery.name} (${found.value})`);
    else {
      findings.push(
        `copies cannot be delivered to ${delivery.name}: ${found.error.reason} · 副本无法交付到 ${delivery.name}`,
      );
    }
  }
  checkStandings(store, findings);
  return checked.join(", ");
}

function checkStandings({ deliveries }: Pick<AgentStore, "deliveries">, findings: string[]): void {
  for (const { name, dead, keepsStale } of deliveries.standings()) {
    if (keepsStale) {
      findings.push(`${name} does not remove what is stale: see its log · ${name} 未能移除旧数据，见日志`);
    }
    if (dead === 0) continue;
    findings.push(
      `${name} does not take ${dead} records: see \`xinqiao delivery dead ${name}\` · ${name} 拒收 ${dead} 条记录`,
    );
  }
}
