import { readFile, writeFile } from "node:fs/promises";
import { codeOf } from "../files/index.ts";
import { CommandError } from "./command-error.ts";

/** Writes what a command was asked for into a file that its owner alone can read; never over another. */
export async function writeNewFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content, { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
    if (codeOf(error) === "EEXIST") {
      throw new CommandError(`${file} exists already: name another file · 文件已存在，请另指文件名`);
    }
    throw new CommandError(`${file} cannot be written (${String(codeOf(error))}) · 无法写入`);
  });
}

/** Reads a file that a command was given. */
export async function readGivenFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read (${String(codeOf(error))}) · 无法读取`);
  });
}
