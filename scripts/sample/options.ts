import { parseArgs } from "node:util";
import { defaultSubjects, fewestSubjects, mostSubjects } from "./data/index.ts";
import { SampleError } from "./sample-error.ts";

export const help = `npm start -- [options]

  Runs the sample federation: gateway sz; agents sz-baoan, sz-longgang, dg, hz. · 运行样例联邦。

  --data DIR      where everything is kept; a second start reuses it (default ./data) · 数据目录
  --subjects N    subjects a node, ${fewestSubjects} to ${mostSubjects.toLocaleString("en")} (default ${defaultSubjects}); records are ten times as many · 每节点主体数
  --ports free    any free ports; by default gateway 8440, its admin 8449, agents 8441–8445, their local
                  APIs 8541–8545, platforms 8553–8554, each replaced when somebody else holds it · 端口
  --peer          a second city too: Dongguan's own gateway dg-city, with dg-songshanhu behind it · 启动第二个城市的网关
  --fresh         make the data anew · 重建数据
  --once          one lookup, its table, and stop · 只查询一次后退出
  --json          print the exchange as one JSON line; everything else goes to standard error · 输出 JSON
  --help
`;

export interface StartOptions {
  readonly data: string;
  readonly subjects: number | undefined;
  readonly ports: "default" | "free";
  readonly peer: boolean;
  readonly fresh: boolean;
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws a SampleError that says what is wrong. */
export function readOptions(args: readonly string[]): StartOptions {
  const { data, subjects, ports, ...flags } = parse(args);
  if (ports !== "default" && ports !== "free") {
    throw new SampleError("--ports is `default` or `free` · --ports 只能是 default 或 free");
  }
  return { ...flags, data, ports, subjects: subjects === undefined ? undefined : countOf(subjects) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: "string", default: "data" },
        subjects: { type: "string" },
        ports: { type: "string", default: "default" },
        peer: { type: "boolean", default: false },
        fresh: { type: "boolean", default: false },
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new SampleError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= fewestSubjects && count <= mostSubjects) return count;
  throw new SampleError(
    `--subjects is a whole number from ${fewestSubjects} to ${mostSubjects} · --subjects 须为该范围内的整数`,
  );
}
