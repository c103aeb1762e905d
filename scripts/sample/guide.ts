import { join, relative } from "node:path";
import Table from "cli-table3";
import { demonstrationSubject } from "./data/index.ts";
import type { LookupInput } from "./federation/index.ts";
import type { AgentHandle, Federation } from "./federation.ts";
import { demonstrationLookup } from "./lookups.ts";

/** Where everything listens, and two lookups to begin with. */
export function guide({ gateway, agents, auditor, agent, data, handover, delivered }: Federation): string {
  const table = new Table({
    head: ["节点 node", "地址 address", "用途 what it is"],
    style: { head: [], border: [] },
  });
  table.push([gateway.node, gateway.origin, "网关，成员以签名访问 gateway, for signed messages of members"]);
  table.push([gateway.node, `${gateway.adminUrl}/metrics`, "指标 metrics; /readyz, /targets"]);
  for (const { node, name, localUrl } of [...agents, auditor]) {
    table.push([node, localUrl, `${name.zh}本地接口 local API of ${name.en}; /readyz, /metrics`]);
  }
  const { deadlineMs: _default, ...everything } = demonstrationLookup;
  const districts = {
    id: demonstrationSubject.subject.id,
    items: ["registration", "penalty"],
    purpose: "licensing-review",
    jurisdictions: ["440306", "440307"],
  };
  return [
    "\n■ 联邦运行中，按 Ctrl-C 停止 · the federation is up; Ctrl-C stops it",
    table.toString(),
    `数据与日志 data and logs: ${data}`,
    `宝安区报送文件夹 Bao'an takes files from: ${join(handover, "in")}`,
    `龙岗区平台库表 copies of Longgang's platform: ${delivered} (SQLite, xinqiao_copy)`,
    "改 agent.json 后：Ctrl-C，再以同一 --data 启动，数据保留 · after a change of an agent.json: Ctrl-C, and start again with the same --data; everything stays",
    "\n# 宝安查询所有辖区 · Bao'an asks everywhere",
    curl(agent("sz-baoan"), everything),
    "\n# 东莞查询深圳两区的登记与处罚 · Dongguan asks two districts of Shenzhen for registration and penalties",
    command(agent("dg"), districts),
  ].join("\n");
}

function curl({ localUrl, tokenFile }: AgentHandle, lookup: LookupInput): string {
  return [
    `curl -s ${localUrl}/v1/lookups \\`,
    `  -H "Authorization: Bearer $(cat '${nearest(tokenFile)}')" -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(lookup)}'`,
  ].join("\n");
}

interface AskedByCommand {
  readonly id: string;
  readonly items: readonly string[];
  readonly purpose: string;
  readonly jurisdictions: readonly string[];
}

/** The same through the agent's command line. `npm run` works from the project's folder whatever the shell's is. */
function command({ home }: AgentHandle, { id, items, purpose, jurisdictions }: AskedByCommand): string {
  return [
    `npm run xinqiao -- lookup ${id} --home '${nearest(home)}' \\`,
    `  --purpose ${purpose} --items ${items.join(",")} --jurisdictions ${jurisdictions.join(",")}`,
  ].join("\n");
}

/** From here when that is shorter to type. */
function nearest(path: string): string {
  const here = relative(process.cwd(), path);
  return here.length < path.length && !here.startsWith("..") ? here : path;
}
