import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@xinqiao/runtime/testing";
import { request } from "undici";
import { programFile } from "../programs/index.ts";
import { untilReady } from "./until-ready.ts";

const execute = promisify(execFile);

/** An installation as its operator has it: a folder, the program's commands, and the process that serves. */
export interface Installation {
  readonly home: string;
  /** Where others reach it. */
  readonly origin: string;
  /** Where its own operator or platform reaches it. */
  readonly ownOrigin: string;
  /** Runs a command on the folder; its standard output. Throws when it fails, with its standard error. */
  run(...args: readonly string[]): Promise<string>;
  serve(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

/** A city's gateway made by its own `init`. */
export async function installGateway(node: string, division: string): Promise<Installation> {
  const installed = await install("gateway");
  const { listen, own } = installed.addresses;
  const name = ["--name-zh", "示例市", "--name-en", "Example City", "--division", division];
  await installed.run("init", "--node", node, ...name, "--listen", listen, "--admin", own);
  return installed;
}

/** A member's agent made by its own `init`, on an invitation. */
export async function installAgent(invitation: string): Promise<Installation> {
  const installed = await install("node-agent");
  const { listen, own } = installed.addresses;
  const file = `${installed.home}.invitation`;
  await writeFile(file, invitation);
  await installed.run("init", "--invitation", file, "--listen", listen, "--local", own);
  await rm(file);
  // A test does not wait half a minute for news.
  await amend(join(installed.home, "agent.json"), { registryRefreshSeconds: 1 });
  return installed;
}

async function amend(file: string, settings: object): Promise<void> {
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), ...settings }));
}

async function install(
  program: "gateway" | "node-agent",
): Promise<Installation & { readonly addresses: { readonly listen: string; readonly own: string } }> {
  const home = join(await mkdtemp(join(tmpdir(), `xinqiao-${program}-`)), "home");
  const [listen, own] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const main = programFile(program);
  let child: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  return {
    home,
    origin: `http://${listen}`,
    ownOrigin: `http://${own}`,
    addresses: { listen, own },
    async run(...args) {
      const { stdout } = await execute(process.execPath, [main, ...args, "--home", home]);
      return stdout.trim();
    },
    async serve() {
      const started = spawn(process.execPath, [main, "serve", "--home", home], {
        stdio: "ignore",
      });
      child = started;
      const died = once(started, "exit").then(([code]) => {
        throw new Error(`${program} ended with ${code} before it was ready`);
      });
      await Promise.race([untilReady(`http://${own}`), died]);
      died.catch(() => undefined);
    },
    stop,
    async close() {
      await stop("SIGKILL");
      await rm(join(home, ".."), { recursive: true, force: true });
    },
  };
}

/** Asks through an agent's local API, as its platform does. */
export async function askLocally(
  { home, ownOrigin }: Installation,
  lookup: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const token = (await readFile(join(home, "local.token"), "utf8")).trim();
  const reply = await request(`${ownOrigin}/v1/lookups`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(lookup),
  });
  return { status: reply.statusCode, body: await reply.body.json() };
}
