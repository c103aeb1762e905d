import { readFile } from "node:fs/promises";
import { type Problem, parseProblem } from "@xinqiao/protocol/problem";
import { CommandError, factsOf } from "@xinqiao/runtime/cli";
import { request } from "undici";
import type { AgentConfig } from "../config/index.ts";

const originOf = ({ local: { host, port } }: AgentConfig) =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Whether the agent answers, ready or not. */
export async function isRunning(config: AgentConfig): Promise<boolean> {
  const reply = await request(`${originOf(config)}/readyz`).catch(() => undefined);
  await reply?.body.dump();
  return reply !== undefined;
}

/** Asks the running agent through its local API, as the member's own platform does: the text of its answer. */
export async function postLocal(config: AgentConfig, path: string, body: object): Promise<string> {
  const token = (await readFile(config.localToken, "utf8")).trim();
  const url = `${originOf(config)}${path}`;
  const reply = await request(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new CommandError(
      `no agent answers at ${url}: start it with \`xinqiao serve\` · 本地节点未运行，请先执行 xinqiao serve`,
    );
  });
  const answered = await reply.body.text();
  if (reply.statusCode === 200) return answered;
  const problem = parseProblem(answered);
  if (problem === undefined) throw new CommandError(`the agent answered ${reply.statusCode} · 节点返回异常`);
  const facts = problem.facts ? `\n${factsText(problem.facts)}` : "";
  throw new CommandError(
    `${problem.titleZh} · ${problem.title} (${problem.code}, hop ${problem.hop}, request ${problem.requestId ?? "-"}, trace ${problem.traceId ?? "-"})` +
      `${problem.detail === undefined ? "" : `\n${problem.detail}`}${facts}`,
  );
}

/** What a refusal says in figures, a line each; what is not here goes by its own name. */
const factTitles = new Map([
  ["logIndex", "日志序号 log index"],
  ["logSize", "日志总数 log size"],
  ["logRoot", "日志根 log root"],
  ["retryAfterMs", "可重试（毫秒后） retry after ms"],
]);

function factsText(facts: NonNullable<Problem["facts"]>): string {
  return factsOf(Object.entries(facts).map(([name, value]) => [factTitles.get(name) ?? name, String(value)]));
}
