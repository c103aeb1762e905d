import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { SampleError } from "../sample-error.ts";

export interface ChildSpec {
  readonly name: string;
  /** Absolute path of a program, and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  /** What it says on standard output and standard error is appended here. */
  readonly log: string;
  readonly onMessage?: (message: unknown) => void;
}

export interface Child {
  readonly name: string;
  readonly log: string;
  /** Settles when the process is gone: its exit code, or the signal that ended it. Never rejects. */
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly running: boolean;
  /** SIGTERM, and SIGKILL to its whole group when it has not gone after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

const preload = import.meta.resolve("./watch-parent.ts");

/**
 * Starts a program on this very Node. Each has a process group of its own, so that Ctrl-C reaches the
 * parent only, which stops its children in order; a child whose parent is gone stops by itself.
 */
export function startChild(spec: ChildSpec): Child {
  const log = openSync(spec.log, "a");
  const running = spawnNode(spec.script, spec.args, ["ignore", log, log, "ipc"]);
  closeSync(log);
  if (spec.onMessage) running.on("message", spec.onMessage);
  const exited = exitOf(running);
  return {
    name: spec.name,
    log: spec.log,
    exited,
    get running() {
      return isRunning(running);
    },
    stop: (graceMs = 15_000) => stopProcess(running, exited, graceMs),
  };
}

/** Runs a program to its end and returns its standard output; its complaint becomes an error. */
export async function runNode(
  script: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const running = spawnNode(script, args, ["ignore", "pipe", "pipe", "ipc"]);
  const exited = exitOf(running);
  const onAbort = () => void stopProcess(running, exited, 5_000);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const [output, complaint, code] = await Promise.all([
      textOf(running.stdout),
      textOf(running.stderr),
      exited,
    ]);
    signal?.throwIfAborted();
    if (code !== 0) throw new SampleError(`${[script, ...args].join(" ")} ended with ${code}:\n${complaint}`);
    return output;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function spawnNode(
  script: string,
  args: readonly string[],
  stdio: ("ignore" | "pipe" | "ipc" | number)[],
): ChildProcess {
  return spawn(process.execPath, ["--import", preload, script, ...args], { detached: true, stdio });
}

/** When a process is gone, whatever it had started and left behind goes too. */
function exitOf(running: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve) => {
    running.once("error", () => resolve(127));
    running.once("exit", (code, signal) => {
      if (running.pid !== undefined) killGroup(running.pid);
      resolve(code ?? signal ?? 1);
    });
  });
}

function isRunning(running: ChildProcess): boolean {
  return running.pid !== undefined && running.exitCode === null && running.signalCode === null;
}

async function stopProcess(running: ChildProcess, exited: Promise<unknown>, graceMs: number): Promise<void> {
  if (!isRunning(running) || running.pid === undefined) return;
  running.kill("SIGTERM");
  const gone = new AbortController();
  const late = delay(graceMs, true, { signal: gone.signal, ref: false }).catch(() => false);
  if (await Promise.race([exited.then(() => false), late])) killGroup(running.pid);
  gone.abort();
  await exited;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (stream === null) return "";
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (part: string) => {
    text += part;
  });
  await once(stream, "close");
  return text;
}
