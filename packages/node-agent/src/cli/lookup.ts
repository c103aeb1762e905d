import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { gapTexts, type OpenedExchange, openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { codes, parseProblem } from "@xinqiao/protocol/problem";
import { CommandError } from "@xinqiao/runtime/cli";
import Table from "cli-table3";
import { request } from "undici";
import { loadConfig } from "../config/index.ts";

export interface LookupOptions {
  readonly home: string;
  readonly kind: string;
  readonly scheme: string;
  readonly purpose: string;
  readonly items?: string;
  readonly classes?: string;
  readonly jurisdictions: string;
  readonly deadline?: string;
  readonly maxAge?: string;
  readonly json?: boolean;
}

/** Neither all well (0) nor refused (1): a missing record must not be taken for a clean one. */
const partialExitCode = 2;

const list = (text: string) => text.split(",").filter((part) => part !== "");

/**
 * Asks through the running agent's local API, as the member's own platform does.
 * @param given the identifier, or `-` to read it from standard input: arguments end up in process lists and histories
 */
export async function lookup(given: string, options: LookupOptions): Promise<string> {
  const id = given === "-" ? (await text(process.stdin)).trim() : given;
  const config = await loadConfig(options.home);
  const token = (await readFile(config.localToken, "utf8")).trim();
  const { host, port } = config.local;
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const body = JSON.stringify({
    subject: { kind: options.kind, scheme: options.scheme, id },
    purpose: options.purpose,
    ...(options.items !== undefined && { items: list(options.items) }),
    ...(options.classes !== undefined && { classes: list(options.classes) }),
    jurisdictions: options.jurisdictions === "all" ? "all" : list(options.jurisdictions),
    ...(options.deadline !== undefined && { deadlineMs: Number(options.deadline) }),
    ...(options.maxAge !== undefined && { maxAgeSeconds: Number(options.maxAge) }),
  });
  const answered = await post(`${origin}/v1/lookups`, token, body);
  const exchange = openedExchangeSchema.parse(JSON.parse(answered));
  if (!exchange.complete) process.exitCode = partialExitCode;
  return options.json ? answered : exchangeTable(exchange);
}

async function post(url: string, token: string, body: string): Promise<string> {
  const reply = await request(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body,
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
    `${problem.titleZh} · ${problem.title} (${problem.code}, hop ${problem.hop}, trace ${problem.traceId ?? "-"})` +
      `${problem.detail === undefined ? "" : `\n${problem.detail}`}${facts}`,
  );
}

/** One row a jurisdiction, in both languages. */
export function exchangeTable(exchange: OpenedExchange): string {
  const table = new Table({
    head: [
      "辖区 jurisdiction",
      "节点 node",
      "状态 status",
      "数据时点 as of",
      "耗时 ms",
      "记录 records",
      "原因 why",
    ],
    style: { head: [], border: [] },
  });
  for (const row of exchange.results) {
    table.push([
      row.jurisdiction,
      row.node,
      row.status,
      row.asOf ?? "-",
      row.latencyMs.toFixed(1),
      row.records.length,
      whyOf(row),
    ]);
  }
  const { size, intent, outcome } = exchange.log;
  return [
    `exchange ${exchange.exchange} · ${exchange.complete ? "完整 complete" : "部分 partial"}`,
    table.toString(),
    `log · 日志: index 序号 ${intent}, ${outcome}; size 总数 ${size}`,
  ].join("\n");
}

function whyOf({ code, gaps = [], held = [] }: OpenedExchange["results"][number]): string {
  return [
    ...held.map((item) => `${item}: 有记录 held`),
    ...(code === undefined ? [] : [`${codes[code].zh} ${code}`]),
    ...gaps.map(({ item, reason }) => `${item}: ${gapTexts[reason].zh} ${gapTexts[reason].en}`),
  ].join("\n");
}
