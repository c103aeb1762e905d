import { thumbprint } from "@xinqiao/protocol/keys";
import { createDirectory, type Member, type MemberList, memberSchema } from "@xinqiao/protocol/registry";
import { ConfigError, readConfig } from "@xinqiao/runtime/config";
import { readMemberList, writeMemberList } from "@xinqiao/runtime/members";
import { z } from "zod";
import { loadConfig } from "../config/index.ts";

/** What `xinqiao init --json` prints, or the member alone. */
const offeredSchema = z.union([
  z.looseObject({ member: memberSchema }).transform(({ member }) => member),
  memberSchema,
]);

/** What an operator compares with what the member says over another way: key, address and scope. */
export function describeMember({ node, role, status, name, endpoint, keys, scope }: Member): string {
  const rights = ({ items, purposes }: Member["scope"]) => `items ${items} purposes ${purposes}`;
  return [
    node,
    role,
    status,
    name.zh,
    endpoint ?? "-",
    ...keys.map(({ jwk }) => thumbprint(jwk)),
    rights(scope),
  ].join("\t");
}

export async function listMembers(home: string): Promise<MemberList> {
  return readMemberList((await loadConfig(home)).members);
}

/** Admits members, active at once: the operator who runs this has checked who they are. */
export async function addMembers(home: string, files: readonly string[]): Promise<MemberList> {
  const { members: file } = await loadConfig(home);
  const list = await readMemberList(file);
  const added: Member[] = [];
  for (const offered of files) {
    added.push({ ...(await readConfig(offeredSchema, offered)), status: "active" });
  }
  const kept = list.members.filter((member) => !added.some(({ node }) => node === member.node));
  const next = { version: list.version + 1, members: [...kept, ...added] };
  const directory = createDirectory(next);
  if (!directory.ok) throw new ConfigError("members", directory.error);
  await writeMemberList(file, next);
  return next;
}
