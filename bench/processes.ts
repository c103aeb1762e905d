import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";

/** Given out once, in whatever process. */
export { freePort } from "@xinqiao/runtime/testing";

const root = join(import.meta.dirname, "..");
export const gatewayMain = join(root, "packages/gateway/src/main.ts");
export const agentMain = join(root, "packages/node-agent/src/main.ts");

/** None outlives a bench that fails. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Runs a command line to its end and returns what it printed. */
export function run(main: string, args: readonly string[]): string {
  return execFileSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs a command line to its end. @returns the most memory it had, MiB, looked at twenty times a second */
export async function runWatched(
  main: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });
  let most = 0;
  const looking = setInterval(() => {
    most = Math.max(most, residentOf(child).most || 0);
  }, 50);
  const [code] = await once(child, "exit");
  clearInterval(looking);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return most;
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
  running.add(child);
  while (!(await answers(readyUrl))) {
    if (child.exitCode !== null) throw new Error(`${args.join(" ")} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    get resident() {
      return residentOf(child);
    },
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      running.delete(child);
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
  /** The most it ever was. */
  readonly most: number;
}

function residentOf({ pid }: ChildProcess): Resident {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mib = (field: string) =>
    Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { whole: mib("VmRSS"), own: mib("RssAnon"), most: mib("VmHWM") };
}
