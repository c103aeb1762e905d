import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { request } from "undici";

const root = join(import.meta.dirname, "..");
export const gatewayMain = join(root, "packages/gateway/src/main.ts");
export const agentMain = join(root, "packages/node-agent/src/main.ts");

/** Runs a command line to its end and returns what it printed. */
export function run(main: string, args: readonly string[]): string {
  return execFileSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export interface Running {
  readonly resident: Resident;
  stop(): Promise<void>;
}

/** Starts a TypeScript file on this Node and waits until `readyUrl` answers 200. */
export function startProcess(
  args: readonly string[],
  readyUrl: string,
  env?: NodeJS.ProcessEnv,
): Promise<Running> {
  return startProgram(process.execPath, args, readyUrl, env);
}

export async function startProgram(
  program: string,
  args: readonly string[],
  readyUrl: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = spawn(program, [...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  while (!(await answers(readyUrl))) {
    if (child.exitCode !== null) throw new Error(`${args.join(" ")} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    get resident() {
      return residentOf(child);
    },
    async stop() {
      process.off("exit", kill);
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await request(url);
    await reply.body.dump();
    return reply.statusCode === 200;
  } catch {
    return false;
  }
}

/** Resident memory in MiB, from the kernel's own account (Linux). */
export interface Resident {
  readonly whole: number;
  /** Without files mapped, which are Node's program and shared by all that run it. */
  readonly own: number;
}

function residentOf({ pid }: ChildProcess): Resident {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mib = (field: string) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { whole: mib("VmRSS"), own: mib("RssAnon") };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
