import { readFile } from "node:fs/promises";
import { CommandError, createProgress } from "@xinqiao/runtime/cli";
import { checkLog, describe, findLog, type LogCheck } from "../fsck/index.ts";

export interface FsckOptions {
  readonly originKey?: readonly string[];
  readonly registry?: string;
  readonly toleranceSeconds: string;
  readonly treeOnly?: boolean;
  readonly allFields?: boolean;
  readonly json?: boolean;
}

/** The log was read and something in it is wrong; 1 is for a check that could not be made. */
const foundExitCode = 2;

/** Checks a log from its entries up, with nothing of the code that writes it. */
export async function fsck(given: string, options: FsckOptions): Promise<string> {
  const toleranceMs = Number(options.toleranceSeconds) * 1000;
  if (!(toleranceMs >= 0)) throw new CommandError("--tolerance-seconds is a number · 须为数字");
  const place = await findLog(given);
  const step = createProgress(process.stderr).begin("checking the log · 校验日志");
  const check = await checkLog(place, {
    originKeys: options.originKey ?? [],
    ...(options.registry !== undefined && { registry: await readRegistry(options.registry) }),
    toleranceMs,
    reading: options.treeOnly ? "nothing" : options.allFields ? "fields" : "order",
    onProgress: step.at,
  });
  step.end(`${check.size} entries · 条目`);
  if (check.found > 0) process.exitCode = foundExitCode;
  return options.json ? JSON.stringify(check) : report(check, options);
}

/** A version as the city publishes it, or its document. What it says is taken as it is given. */
async function readRegistry(file: string): Promise<string> {
  const read = await readFile(file, "utf8").catch(() => undefined);
  if (read === undefined) throw new CommandError(`${file} cannot be read · 无法读取成员清单文件`);
  const text = read.trim();
  return text.startsWith("{") ? text : Buffer.from(text.split(".")[1] ?? "", "base64url").toString();
}

function report(check: LogCheck, { originKey = [], registry }: FsckOptions): string {
  const { size, root, checkpoints, newest, openIntents, findings, found } = check;
  const lines = findings.map(describe);
  if (found > findings.length) lines.push(`… ${found - findings.length} more · 其余从略`);
  if (originKey.length === 0 && registry === undefined) {
    lines.push("signatures were not checked: no --origin-key, no --registry · 未给出公钥，签名未校验");
  }
  lines.push(
    `entries · 条目\t${size}, root ${root}`,
    `checkpoints · 检查点\t${checkpoints}${newest ? `, newest of ${newest.size}, cosigned by · 副署 ${registry === undefined ? "not checked: name a registry with --registry · 未核对，请用 --registry 指定成员清单" : newest.cosigners.join(", ") || "nobody · 无"}` : ""}`,
    `open intents · 未了结意向\t${openIntents}`,
    found === 0 ? "the log is sound · 日志完好" : `${found} findings · 发现 ${found} 处问题`,
  );
  return lines.join("\n");
}
