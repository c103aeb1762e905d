import { rename, writeFile } from "node:fs/promises";
import {
  createDirectory,
  type Directory,
  type MemberList,
  memberListSchema,
} from "@xinqiao/protocol/registry";
import { ConfigError, readConfig } from "../config/index.ts";

export function readMemberList(file: string): Promise<MemberList> {
  return readConfig(memberListSchema, file);
}

export async function readDirectory(file: string): Promise<Directory> {
  const directory = createDirectory(await readMemberList(file));
  if (!directory.ok) throw new ConfigError(file, directory.error);
  return directory.value;
}

/** Replaces the list in one step: a reader sees the old one or the new one, never half of each. */
export async function writeMemberList(file: string, list: MemberList): Promise<void> {
  const next = `${file}.next`;
  await writeFile(next, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o644 });
  await rename(next, file);
}
