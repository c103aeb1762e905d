import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { PrivateJwk, SuiteName } from "@xinqiao/protocol/keys";
import { freePort } from "@xinqiao/runtime/testing";
import { programFile } from "../programs/index.ts";
import { createTestCatalogue } from "./catalogue.ts";
import { gatewayKeys, writeGatewayKeys } from "./gateway-keys.ts";
import { createParty, type Party } from "./party.ts";
import { createTestRegistry } from "./registry.ts";
import { untilReady } from "./until-ready.ts";

const main = programFile("gateway");

export interface GatewayProcess {
  readonly origin: string;
  readonly adminOrigin: string;
  readonly city: Party;
  /** What members pin. */
  readonly registryKeyId: string;
  /** What its log signs checkpoints with. */
  readonly logJwk: PrivateJwk;
  readonly home: string;
  readonly logFile: string;
  readonly pid: number;
  /** Resolves once the process is gone. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  start(): Promise<void>;
  /** Starts a process on the same home that is expected not to live, and waits for its end. */
  startInVain(): Promise<{ readonly code: number | null; readonly said: string }>;
  close(): Promise<void>;
}

export interface ProcessOptions {
  /** Beside what every process has; or made from its home, where `key.json` holds the city's key. */
  readonly config?: object | ((home: string, city: Party) => Promise<object>);
  /** Of the city's keys. */
  readonly suite?: SuiteName;
  /** Put before `node …`: a namespace, a resource limit. */
  readonly wrap?: (command: readonly string[], home: string) => readonly string[];
}

/** A real gateway as its own process. */
export async function startGatewayProcess(
  parties: readonly Party[],
  { config = {}, suite = "ed25519", wrap = (command) => command }: ProcessOptions = {},
): Promise<GatewayProcess> {
  const home = await mkdtemp(join(tmpdir(), "xinqiao-process-"));
  const [port, adminPort] = [await freePort(), await freePort()];
  const city = createParty({ node: "sz", role: "city", suite });
  await mkdir(join(home, "log"));
  const registry = createTestRegistry("sz", join(home, "registry"), suite);
  await writeGatewayKeys(home, city, registry);
  await registry.publish([city, ...parties].map(({ member }) => member));
  await createTestCatalogue("sz", join(home, "catalogue"), registry.signer).publish();
  const origin = `http://127.0.0.1:${port}`;
  const adminOrigin = `http://127.0.0.1:${adminPort}`;
  const file = {
    node: "sz",
    name: { zh: "深圳市", en: "Shenzhen" },
    division: "440300",
    origin,
    listen: `127.0.0.1:${port}`,
    admin: `127.0.0.1:${adminPort}`,
    ...gatewayKeys,
    log: "log/log.db",
    logReserveBytes: 0,
    logLevel: "error",
    ...(typeof config === "function" ? await config(home, city) : config),
  };
  await writeFile(join(home, "gateway.json"), JSON.stringify(file));
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const [program, ...args] = wrap([process.execPath, main, "serve", "--home", home], home);
    if (program === undefined) throw new Error("nothing to start");
    const started = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
    child = started;
    const died = once(started, "exit").then(([code]) => {
      throw new Error(`the gateway ended with ${code} before it was ready`);
    });
    await Promise.race([untilReady(adminOrigin), died]);
    died.catch(() => undefined);
  }

  async function kill(signal: NodeJS.Signals): Promise<number | null> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = once(child, "exit");
    child.kill(signal);
    const [code] = await gone;
    return code;
  }

  await start();
  return {
    origin,
    adminOrigin,
    city,
    registryKeyId: registry.keyId,
    logJwk: registry.logJwk,
    home,
    logFile: join(home, "log", "log.db"),
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    start,
    async startInVain() {
      const started = spawn(process.execPath, [main, "serve", "--home", home], { stdio: "pipe" });
      const said = Promise.all([text(started.stdout), text(started.stderr)]);
      const [code] = await once(started, "exit");
      return { code, said: (await said).join("") };
    },
    async close() {
      await kill("SIGKILL");
      await rm(home, { recursive: true, force: true });
    },
  };
}
