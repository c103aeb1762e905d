import {
  type BundleReport,
  bundleSchema,
  type Finding,
  formatBundle,
  verifyBundle,
} from "@xinqiao/protocol/bundle";
import { CommandError, readGivenFile, writeNewFile } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";

export interface ProveOptions {
  readonly home: string;
  readonly out?: string;
}

/** Has the city prove an exchange, through the running agent. */
export async function prove(exchange: string, { home, out }: ProveOptions): Promise<string> {
  const answered = await postLocal(await loadConfig(home), "/v1/audit/proofs", { exchange });
  const text = formatBundle(bundleSchema.parse(JSON.parse(answered)));
  if (out === undefined) return text;
  await writeNewFile(out, `${text}\n`);
  return `written · 已写入: ${out}`;
}

export interface VerifyOptions {
  readonly originKey: string;
  readonly json?: boolean;
}

const marks: Readonly<Record<Finding["kind"], string>> = {
  proved: "证明 proved",
  missing: "缺失 missing",
  wrong: "不符 WRONG",
};

/** Judges a bundle by itself: nothing is fetched and nobody asked. Throws when anything in it is wrong. */
export async function verify(file: string, { originKey, json }: VerifyOptions): Promise<string> {
  const report = verifyBundle(await readGivenFile(file), originKey);
  const text = json ? JSON.stringify(report) : describe(report);
  if (!report.sound) throw new CommandError(text);
  return text;
}

function describe({ sound, findings }: BundleReport): string {
  const lines = findings.map(({ kind, zh, en }) => `${marks[kind]}\t${zh}\n\t${en}`);
  const verdict = sound ? "the bundle holds · 证据包成立" : "the bundle does not hold · 证据包不成立";
  return [...lines, verdict].join("\n");
}
