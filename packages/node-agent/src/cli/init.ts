import { randomBytes } from "node:crypto";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Member, memberSchema } from "@xinqiao/protocol/registry";
import { ConfigError } from "@xinqiao/runtime/config";
import { createEncryptionKeyFile, createKeyFile } from "@xinqiao/runtime/keys";
import { agentConfigSchema, configFileName } from "../config/index.ts";

export interface InitOptions {
  readonly home: string;
  readonly node: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly role: string;
  readonly division: string;
  readonly jurisdiction?: string;
  readonly gatewayNode: string;
  readonly gatewayOrigin: string;
  readonly registryKey: string;
  readonly listen: string;
  readonly origin?: string;
  readonly local: string;
  readonly suite: "ed25519" | "es256";
}

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
  const jwk = await createKeyFile(join(options.home, parsed.data.signingKey), options.suite);
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

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
