import { thumbprint } from "@xinqiao/protocol/keys";
import {
  type EncryptionKey,
  type Member,
  type MemberKey,
  memberSchema,
  originSchema,
  type Quota,
  quotaSchema,
  type RegistryDocument,
} from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { ConfigError, parseConfig, readConfig } from "@xinqiao/runtime/config";
import { z } from "zod";
import { openCatalogueFolder } from "../catalogue/index.ts";
import { openForPublishing } from "./publishing.ts";

/** What `xinqiao init --json` prints, or the member alone. */
const offeredSchema = z.union([
  z.looseObject({ member: memberSchema }).transform(({ member }) => member),
  memberSchema,
]);

/** What an operator compares with what the member says over another way: key, address and scope. */
export function describeMember(member: Member): string {
  const { node, role, status, name, endpoint, keys, encryptionKeys = [], scope } = member;
  const rights = ({ items, purposes, quotas = [] }: Member["scope"]) =>
    [`items ${items} purposes ${purposes}`, ...quotas.map(describeQuota)].join(" ");
  return [
    node,
    role,
    status,
    name.zh,
    endpoint ?? "-",
    ...keys.map(describeKey),
    ...encryptionKeys.map((key) => `encryption ${describeKey(key)}`),
    rights(scope),
  ].join("\t");
}

/** A key that has ended, or will, says when. */
function describeKey({ jwk, notBefore, notAfter }: MemberKey | EncryptionKey): string {
  return notAfter === undefined
    ? `${thumbprint(jwk)} from ${notBefore}`
    : `${thumbprint(jwk)} ${notBefore} – ${notAfter}`;
}

const describeQuota = ({ purpose, lookups, per }: Quota) => `quota ${purpose}:${lookups}/${per}`;

/**
 * Admits members, active at once: the operator who runs this has checked who they are. One that is a member already
 * keeps its standing; keys that it no longer offers are retired, not forgotten: what they signed is still checked
 * with them.
 */
export async function addMembers(
  home: string,
  files: readonly string[],
  now: () => number,
): Promise<RegistryDocument> {
  const offers: Member[] = [];
  for (const offered of files) offers.push(await readConfig(offeredSchema, offered));
  const registry = await openForPublishing(home, now);
  return registry.publish(({ members }) => {
    const added = offers.map((offer): Member => {
      const known = members.find(({ node }) => node === offer.node);
      const keys = renewed(known?.keys, offer.keys, now());
      const encryptionKeys = renewed(known?.encryptionKeys, offer.encryptionKeys, now());
      return {
        ...offer,
        scope: { ...offer.scope, ...keptQuotas(known) },
        status: standing(known),
        keys,
        ...(encryptionKeys.length > 0 && { encryptionKeys }),
      };
    });
    return {
      members: [...members.filter(({ node }) => !added.some((each) => each.node === node)), ...added],
    };
  });
}

/** Sets a member's standing: a suspended member is asked nothing and may ask nothing, from the next refresh on. */
export function setStatus(
  home: string,
  node: string,
  status: Member["status"],
  now: () => number,
): Promise<RegistryDocument> {
  return changeMember(home, node, (member) => ({ ...member, status }), now);
}

/** Where a member is reached from now on. */
export function moveMember(
  home: string,
  node: string,
  endpoint: string,
  now: () => number,
): Promise<RegistryDocument> {
  const origin = parseConfig(originSchema, endpoint);
  if (!origin.ok) throw new ConfigError("--endpoint", origin.error);
  return changeMember(home, node, (member) => ({ ...member, endpoint: origin.value }), now);
}

/** Ends a key's validity now. It stays listed: earlier answers are checked with it. */
export function revokeKey(
  home: string,
  node: string,
  keyId: string,
  now: () => number,
): Promise<RegistryDocument> {
  const isMeant = ({ jwk }: MemberKey | EncryptionKey) => thumbprint(jwk) === keyId;
  return changeMember(
    home,
    node,
    (member) => {
      const known = [...member.keys, ...(member.encryptionKeys ?? [])].some(isMeant);
      if (!known) throw new CommandError(`${node} has no key ${keyId} · 该成员没有此密钥`);
      return withKeysEnded(member, isMeant, now());
    },
    now,
  );
}

/** Ends every key of a member now: for one whose machine is not its own any more. */
export function revokeAllKeys(home: string, node: string, now: () => number): Promise<RegistryDocument> {
  return changeMember(home, node, (member) => withKeysEnded(member, () => true, now()), now);
}

function withKeysEnded(
  { encryptionKeys, ...member }: Member,
  isMeant: (key: MemberKey | EncryptionKey) => boolean,
  at: number,
): Member {
  const ended = <Key extends MemberKey | EncryptionKey>(key: Key) => (isMeant(key) ? endKey(key, at) : key);
  return {
    ...member,
    keys: member.keys.map(ended),
    ...(encryptionKeys && { encryptionKeys: encryptionKeys.map(ended) }),
  };
}

/**
 * How many lookups for a purpose a member may have in a day or an hour, from the next refresh on; another quota for
 * the same purpose and period goes.
 */
export async function setQuota(
  home: string,
  node: string,
  { purpose, lookups, per }: { readonly purpose: string; readonly lookups: number; readonly per: string },
  now: () => number,
): Promise<RegistryDocument> {
  const wanted = parseConfig(quotaSchema, { purpose, lookups, per });
  if (!wanted.ok) throw new ConfigError("options", wanted.error);
  const { config } = await openForPublishing(home, now);
  const quota = wanted.value;
  const { catalogue } = await openCatalogueFolder(config.catalogue).newest();
  if (!catalogue.purposes.has(quota.purpose)) {
    throw new CommandError(`${purpose} is no purpose of the catalogue · 目录中没有该用途`);
  }
  return changeMember(
    home,
    node,
    (member) => {
      const { quotas = [], ...scope } = member.scope;
      const others = quotas.filter((each) => each.purpose !== quota.purpose || each.per !== quota.per);
      return { ...member, scope: { ...scope, quotas: [...others, quota] } };
    },
    now,
  );
}

/** Takes a member's quotas for a purpose away, whatever their period. */
export function removeQuota(
  home: string,
  node: string,
  purpose: string,
  now: () => number,
): Promise<RegistryDocument> {
  return changeMember(
    home,
    node,
    (member) => {
      const { quotas = [], ...scope } = member.scope;
      const left = quotas.filter((each) => each.purpose !== purpose);
      if (left.length === quotas.length) {
        throw new CommandError(`${node} has no quota for ${purpose} · 该成员没有此用途的配额`);
      }
      return { ...member, scope: { ...scope, ...(left.length > 0 && { quotas: left }) } };
    },
    now,
  );
}

async function changeMember(
  home: string,
  node: string,
  change: (member: Member) => Member,
  now: () => number,
): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  return registry.publish(({ members }) => {
    if (!members.some((member) => member.node === node)) {
      throw new CommandError(`${node} is not a member · 不是成员`);
    }
    return { members: members.map((member) => (member.node === node ? change(member) : member)) };
  });
}

/** A file that is sent again lifts no suspension: `resume` does. */
function standing(known: Member | undefined): Member["status"] {
  return known === undefined || known.status === "pending" ? "active" : known.status;
}

/** Nor a quota: the city sets it. */
export function keptQuotas(known: Member | undefined): Pick<Member["scope"], "quotas"> {
  const quotas = known?.scope.quotas;
  return quotas === undefined ? {} : { quotas };
}

/**
 * The keys offered, then those that no longer are, retired. One that is listed stays as it is: a file that is sent
 * again brings back no key that was revoked.
 */
export function renewed<Key extends MemberKey>(
  listed: readonly Key[] = [],
  offered: readonly Key[] = [],
  now: number,
): Key[] {
  const same = (one: Key, other: Key) => thumbprint(one.jwk) === thumbprint(other.jwk);
  const retired = listed.filter((key) => !offered.some((each) => same(each, key)));
  return [
    ...offered.map((key) => listed.find((each) => same(each, key)) ?? key),
    ...retired.map((key) => endKey(key, now)),
  ];
}

/** Never later than it would have ended anyway. @param at milliseconds since 1970 */
export function endKey<Key extends MemberKey | EncryptionKey>(key: Key, at: number): Key {
  const end = key.notAfter === undefined ? at : Math.min(at, Date.parse(key.notAfter));
  return { ...key, notAfter: new Date(end).toISOString() };
}
