import { thumbprint } from "@xinqiao/protocol/keys";
import { CommandError } from "@xinqiao/runtime/cli";
import { readPublicKey } from "@xinqiao/runtime/keys";
import { readDirectory } from "@xinqiao/runtime/members";
import { request } from "undici";
import { type AgentConfig, loadCatalogue, loadConfig } from "../config/index.ts";
import { createSources } from "../source/index.ts";
import { openStore } from "../store/index.ts";

/** Checks everything `serve` needs, without serving. Throws with every finding. */
export async function doctor(home: string): Promise<string> {
  const config = await loadConfig(home);
  const directory = await readDirectory(config.members);
  const findings: string[] = [];
  const keyId = thumbprint(await readPublicKey(config.signingKey));
  if (directory.key(keyId)?.member.node !== config.node) {
    findings.push(
      "the signing key is not listed for this node: is members.json up to date? · 成员清单中没有本节点密钥",
    );
  }
  if (directory.member(config.gateway.node) === undefined) {
    findings.push(`the gateway ${config.gateway.node} is not in the member list · 成员清单中没有网关`);
  }
  const sources = await checkSources(config, findings);
  const reachable = await gatewayAnswers(config.gateway.origin);
  if (!reachable) findings.push(`the gateway does not answer at ${config.gateway.origin} · 无法连接网关`);
  if (findings.length > 0) throw new CommandError(findings.join("\n"));
  return [
    `node · 节点\t${config.node}\t${keyId}`,
    `members · 成员\tversion ${directory.version}`,
    `sources · 数据源\t${sources}`,
    `gateway · 网关\t${config.gateway.origin}`,
    "all is well · 一切正常",
  ].join("\n");
}

async function checkSources(config: AgentConfig, findings: string[]): Promise<string> {
  const store = openStore(config.store);
  const source = await createSources(config.sources, {
    store,
    catalogue: await loadCatalogue(config),
    jurisdiction: config.jurisdiction,
    now: Date.now,
  });
  try {
    const checked = await source.check(AbortSignal.timeout(5_000));
    if (checked.ok) return checked.value.detail;
    findings.push(`a source cannot be read · 数据源不可用: ${checked.error.detail ?? checked.error.code}`);
    return "";
  } finally {
    await source.close();
    store.close();
  }
}

/** Any answer will do: an unsigned question is refused, which shows that someone is there. */
async function gatewayAnswers(origin: string): Promise<boolean> {
  try {
    const reply = await request(`${origin}/v1/lookups`, { method: "GET", headersTimeout: 3_000 });
    await reply.body.dump();
    return true;
  } catch {
    return false;
  }
}
