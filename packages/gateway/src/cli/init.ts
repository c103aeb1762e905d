import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Member, memberSchema } from "@xinqiao/protocol/registry";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import { createKeyFile } from "@xinqiao/runtime/keys";
import { writeMemberList } from "@xinqiao/runtime/members";
import { configFileName, gatewayConfigSchema } from "../config/index.ts";

export interface InitOptions {
  readonly home: string;
  readonly node: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly division: string;
  readonly listen: string;
  readonly admin: string;
  readonly origin?: string;
  readonly suite: "ed25519" | "es256";
}

/** Makes a city's home: configuration, key, and a member list that holds the city itself. */
export async function init(options: InitOptions, now: number): Promise<Member> {
  const file = join(options.home, configFileName);
  const taken = await access(file).then(
    () => true,
    () => false,
  );
  if (taken) throw new ConfigError(file, ["already exists: choose another --home or remove it"]);
  const config = {
    node: options.node,
    name: { zh: options.nameZh, en: options.nameEn },
    division: options.division,
    origin: options.origin ?? `http://${options.listen}`,
    listen: options.listen,
    admin: options.admin,
  };
  const parsed = parseConfig(gatewayConfigSchema, config);
  if (!parsed.ok) throw new ConfigError("options", parsed.error);
  await mkdir(options.home, { recursive: true, mode: 0o700 });
  const jwk = await createKeyFile(join(options.home, parsed.value.signingKey), options.suite);
  const member = memberSchema.parse({
    node: config.node,
    name: config.name,
    role: "city",
    division: config.division,
    keys: [{ jwk, notBefore: new Date(now).toISOString() }],
    scope: { items: "all", purposes: "all" },
    status: "active",
  });
  await writeMemberList(join(options.home, parsed.value.members), { version: 1, members: [member] });
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return member;
}
