import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type Agent,
  type AgentConfigFile,
  type AgentDependencies,
  createAgent,
  loadConfig,
  systemDependencies,
} from "@xinqiao/node-agent";
import type { Member } from "@xinqiao/protocol/registry";
import { writeCatalogueFile } from "@xinqiao/runtime/catalogue";
import { createLogger } from "@xinqiao/runtime/logging";
import { writeRegistryFile } from "@xinqiao/runtime/registry";
import { freePort } from "@xinqiao/runtime/testing";
import { request } from "undici";
import { programFile } from "../programs/index.ts";
import { createTestCatalogue } from "./catalogue.ts";
import { createParty, type Party, type PartyOptions } from "./party.ts";
import { createTestRegistry } from "./registry.ts";

const main = programFile("node-agent");
const execute = promisify(execFile);

/** A member's folder, made before its agent starts: the city must list the member first. */
export interface PreparedAgent {
  readonly party: Party;
  readonly home: string;
  readonly origin: string;
  readonly localOrigin: string;
  /**
   * A gateway that serves registry and catalogue says which key to pin, and the agent takes them from there. For one
   * that does not, the members given and the base catalogue are what the agent has kept from before.
   * @param config beside what it was prepared with
   * @param change its clock, for one
   */
  start(
    members: readonly Member[],
    gateway: { readonly origin: string; readonly registryKeyId?: string },
    config?: Partial<AgentConfigFile>,
    change?: Partial<AgentDependencies>,
  ): Promise<RunningAgent>;
}

export interface RunningAgent {
  readonly agent: Agent;
  readonly lines: string[];
  /** Asks through the local API. */
  ask(
    lookup: object,
    headers?: Record<string, string>,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Any other call of the local API. */
  call(path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
  close(): Promise<void>;
}

/** @param files national files to import, by name */
export async function prepareAgent(
  options: Omit<PartyOptions, "endpoint">,
  files: Readonly<Record<string, string>> = {},
  overrides: Partial<AgentConfigFile> = {},
): Promise<PreparedAgent> {
  const home = await mkdtemp(join(tmpdir(), "xinqiao-agent-"));
  const [port, localPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const localOrigin = `http://127.0.0.1:${localPort}`;
  const party = createParty({ ...options, ...(options.jurisdiction !== undefined && { endpoint: origin }) });
  const { node, name, role, division, jurisdiction } = party.member;
  await mkdir(join(home, "keys"));
  await writeFile(join(home, "keys", "signing.jwk.json"), JSON.stringify(party.jwk), { mode: 0o600 });
  const decryptionKey = JSON.stringify(party.decryptionJwk);
  await writeFile(join(home, "keys", "encryption.jwk.json"), decryptionKey, { mode: 0o600 });
  await writeFile(join(home, "local.token"), "test-token\n", { mode: 0o600 });

  return {
    party,
    home,
    origin,
    localOrigin,
    async start(members, gateway, more = {}, change = {}) {
      const registryKeyId = gateway.registryKeyId ?? (await keep(home, members));
      const config = {
        node,
        name,
        role,
        division,
        ...(jurisdiction !== undefined && { jurisdiction }),
        gateway: { node: "sz", origin: gateway.origin },
        registryKeys: [registryKeyId],
        listen: `127.0.0.1:${port}`,
        origin,
        local: `127.0.0.1:${localPort}`,
        encryptionKey: "keys/encryption.jwk.json",
        sources: [{ type: "file", name: "files" }],
        ...overrides,
        ...more,
      };
      await writeFile(join(home, "agent.json"), JSON.stringify(config));
      for (const [file, text] of Object.entries(files)) {
        await writeFile(join(home, file), text);
        await execute(process.execPath, [main, "import", "--home", home, join(home, file)]);
      }
      return run(home, localOrigin, change);
    },
  };
}

async function keep(home: string, members: readonly Member[]): Promise<string> {
  const registry = createTestRegistry("sz", join(home, "published"));
  const catalogue = createTestCatalogue("sz", join(home, "published-catalogue"), registry.signer);
  await writeRegistryFile(join(home, "registry.jws"), await registry.publish(members));
  await writeCatalogueFile(join(home, "catalogue.jws"), await catalogue.publish());
  return registry.keyId;
}

async function run(
  home: string,
  localOrigin: string,
  change: Partial<AgentDependencies>,
): Promise<RunningAgent> {
  const lines: string[] = [];
  const config = await loadConfig(home);
  const logger = createLogger(
    { name: config.node, level: "debug" },
    { write: (line: string) => void lines.push(line) },
  );
  const agent = await createAgent(config, { ...systemDependencies(logger), ...change });
  const token = (await readFile(config.localToken, "utf8")).trim();
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const reply = await request(`${localOrigin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify(body),
    });
    return { status: reply.statusCode, body: await reply.body.json() };
  };
  return {
    agent,
    lines,
    ask: (lookup, headers = {}) => post("/v1/lookups", lookup, headers),
    call: (path, body = {}) => post(path, body),
    async close() {
      await agent.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
