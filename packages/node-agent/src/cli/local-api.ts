import { readFile } from "node:fs/promises";
import { parseProblem } from "@xinqiao/protocol/problem";
import { CommandError } from "@xinqiao/runtime/cli";
import { request } from "undici";
import type { AgentConfig } from "../config/index.ts";

/** Asks the running agent through its local API, as the member's own platform does: the text of its answer. */
export async function postLocal(config: AgentConfig, path: string, body: object): Promise<string> {
  const token = (await readFile(config.localToken, "utf8")).trim();
  const { host, port } = config.local;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
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
  const facts = problem.facts ? `\n${JSON.stringify(problem.facts)}` : "";
  throw new CommandError(
    `${problem.titleZh} · ${problem.title} (${problem.code}, hop ${problem.hop}, request ${problem.requestId ?? "-"}, trace ${problem.traceId ?? "-"})` +
      `${problem.detail === undefined ? "" : `\n${problem.detail}`}${facts}`,
  );
}
