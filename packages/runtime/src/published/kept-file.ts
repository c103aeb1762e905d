import { readFile } from "node:fs/promises";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";
import { ConfigError } from "../config/index.ts";
import { codeOf, replaceFile } from "../files/index.ts";

/** The version a node keeps; nothing when there is none yet. Throws a ConfigError when it is damaged. */
export async function readPublishedFile<Version>(
  file: string,
  reopen: (text: string) => Result<Version, Fault>,
): Promise<Version | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new ConfigError(file, ["cannot be read: may this user read it?"]);
  });
  if (text === undefined) return undefined;
  const version = reopen(text.trim());
  if (!version.ok) throw new ConfigError(file, [version.error.detail ?? version.error.code]);
  return version.value;
}

/** Replaces the version kept in one step: a reader sees the old one or the new one, never half of each. */
export async function writePublishedFile(file: string, text: string): Promise<void> {
  await replaceFile(file, `${text}\n`, 0o644);
}
