import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readInvitation } from "@xinqiao/protocol/enrolment";
import type { SuiteName } from "@xinqiao/protocol/keys";
import { FaultError } from "@xinqiao/protocol/problem";
import { type Member, memberSchema } from "@xinqiao/protocol/registry";
import { ConfigError } from "@xinqiao/runtime/config";
import { exists } from "@xinqiao/runtime/files";
import { createEncryptionKeyFile, createKeyFile, keyFileOf } from "@xinqiao/runtime/keys";
import { agentConfigSchema, configFileName } from "../config/index.ts";

/** Where this member's agent listens, and what keys it makes: its own to say, invited or not. */
interface OwnOptions {
  readonly home: string;
  readonly listen: string;
  readonly origin?: string;
  readonly local: string;
  readonly suite: SuiteName;
}

/** Who the member is and which city it belongs to. */
interface Identity {
  readonly node: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly role: string;
  readonly division: string;
  readonly jurisdiction?: string;
  readonly gatewayNode: string;
  readonly gatewayOrigin: string;
  readonly registryKey: string;
}

export type InitOptions = OwnOptions & Identity;

/** An invitation says who the member is; without one everything is an option. */
export type InitArguments = OwnOptions & Partial<Identity> & { readonly invitation?: string };

/** Makes the home that an invitation, or the options alone, ask for. */
export async function initAsAsked(
  { invitation, ...given }: InitArguments,
  now: number,
): Promise<{ readonly member: Member; readonly invited: boolean }> {
  if (invitation === undefined) return { member: await init(complete(given), now), invited: false };
  const text = (await readFile(invitation === "-" ? "/dev/stdin" : invitation, "utf8")).trim();
  const read = readInvitation(text);
  if (!read.ok) throw new FaultError(read.error);
  const { iss, origin, registryKey, node, name, role, division, jurisdiction } = read.value;
  const identity: Identity = {
    node,
    nameZh: name.zh,
    nameEn: name.en,
    role,
    division,
    ...(jurisdiction !== undefined && { jurisdiction }),
    gatewayNode: iss,
    gatewayOrigin: given.gatewayOrigin ?? origin,
    registryKey,
  };
  const member = await init({ ...given, ...identity }, now);
  await writeFile(join(given.home, "invitation.jws"), `${text}\n`, { mode: 0o600, flag: "wx" });
  return { member, invited: true };
}

const needed = [
  "node",
  "nameZh",
  "nameEn",
  "division",
  "gatewayNode",
  "gatewayOrigin",
  "registryKey",
] as const;

function complete(given: Omit<InitArguments, "invitation">): InitOptions {
  const { node, nameZh, nameEn, division, gatewayNode, gatewayOrigin, registryKey } = given;
  if (
    node === undefined ||
    nameZh === undefined ||
    nameEn === undefined ||
    division === undefined ||
    gatewayNode === undefined ||
    gatewayOrigin === undefined ||
    registryKey === undefined
  ) {
    const missing = needed.filter((name) => given[name] === undefined).map(asOption);
    throw new ConfigError("options", [`give --invitation <file>, or all of ${missing.join(", ")}`]);
  }
  const role = given.role ?? "district";
  return { ...given, node, nameZh, nameEn, role, division, gatewayNode, gatewayOrigin, registryKey };
}

const asOption = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Makes a member's home: configuration, keys and local token. Returns its entry for the registry. */
export async function init(options: InitOptions, now: number): Promise<Member> {
  const file = join(options.home, configFileName);
  if (await exists(file)) throw new ConfigError(file, ["already exists: choose another --home or remove it"]);
  const config = configOf(options);
  const parsed = agentConfigSchema.safeParse(config);
  if (!parsed.success) {
    throw new ConfigError(
      "options",
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    );
  }
  await mkdir(options.home, { recursive: true, mode: 0o700 });
  const jwk = await createKeyFile(join(options.home, keyFileOf(parsed.data.signingKey)), options.suite);
  const encryptionJwk = await createEncryptionKeyFile(join(options.home, encryptionKeyFile));
  const token = randomBytes(32).toString("base64url");
  await writeFile(join(options.home, parsed.data.localToken), `${token}\n`, { mode: 0o600, flag: "wx" });
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  const { node, name, role, division, jurisdiction, origin } = parsed.data;
  const notBefore = new Date(now).toISOString();
  return memberSchema.parse({
    node,
    name,
    role,
    division,
    ...(jurisdiction !== undefined && { jurisdiction, endpoint: origin }),
    keys: [{ jwk, notBefore }],
    encryptionKeys: [{ jwk: encryptionJwk, notBefore }],
    scope: { items: "all", purposes: "all" },
    status: "pending",
  });
}

const encryptionKeyFile = "keys/encryption.jwk.json";

function configOf(options: InitOptions): object {
  return {
    node: options.node,
    name: { zh: options.nameZh, en: options.nameEn },
    role: options.role,
    division: options.division,
    ...(options.jurisdiction !== undefined && { jurisdiction: options.jurisdiction }),
    gateway: { node: options.gatewayNode, origin: options.gatewayOrigin },
    registryKeys: [options.registryKey],
    listen: options.listen,
    origin: options.origin ?? `http://${options.listen}`,
    local: options.local,
    encryptionKey: encryptionKeyFile,
    sources: [{ type: "file", name: "files" }],
  };
}
