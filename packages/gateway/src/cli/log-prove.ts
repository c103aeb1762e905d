import { randomUUID } from "node:crypto";
import { formatBundle } from "@xinqiao/protocol/bundle";
import { codes } from "@xinqiao/protocol/problem";
import { CommandError, writeNewFile } from "@xinqiao/runtime/cli";
import { openActsFolder } from "../acts/index.ts";
import { loadConfig } from "../config/index.ts";
import { bundleDependencies, proveToOperator } from "../proofs/index.ts";
import { openProofSource, openPublishedLog } from "../store/sqlite/index.ts";

export interface ProveOptions {
  readonly home: string;
  readonly out?: string;
}

/** The bundle of an exchange, with everything kept beside it. That it was made goes into the log. */
export async function prove(
  exchange: string,
  { home, out }: ProveOptions,
  now: () => number,
): Promise<string> {
  const config = await loadConfig(home);
  using stack = new DisposableStack();
  const source = stack.adopt(openProofSource(config.log), (opened) => opened.close());
  const published = stack.adopt(openPublishedLog(config.log), (opened) => opened.close());
  const bundle = await proveToOperator(exchange, bundleDependencies(config, { source, published }, now));
  if (!bundle.ok) {
    const { zh, en } = codes[bundle.error.code];
    throw new CommandError(`${en} · ${zh}`);
  }
  const entries = bundle.value.entries.filter(({ leaf }) => leaf.includes(exchange)).length;
  const act = { kind: "audit.proved", exchange: null, actor: null, proved: exchange } as const;
  await openActsFolder(config.acts).leave(randomUUID(), { ...act, as: "operator", entries }, now());
  const text = formatBundle(bundle.value);
  if (out === undefined) return text;
  await writeNewFile(out, `${text}\n`);
  return `written · 已写入: ${out}`;
}
