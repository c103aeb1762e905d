import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type ProgramName, programFile } from "../programs/index.ts";

/** A real signing daemon as its own process. */
export interface SignerProcess {
  readonly socket: string;
  /** SIGSTOP and SIGCONT as well: one that hangs, and one that goes on. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves once the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @param program whose command line starts it */
export async function startSignerProcess(
  socket: string,
  keyFile: string,
  program: ProgramName = "gateway",
): Promise<SignerProcess> {
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = [programFile(program), "signer", "serve", "--socket", socket, keyFile];
    const started = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    const died = once(started, "exit").then(([code]) => {
      throw new Error(`the signing daemon ended with ${code} before it was ready`);
    });
    const lines = createInterface({ input: started.stderr });
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    lines.on("line", (line) => {
      if (line.includes('"event":"started"')) resolve();
    });
    await Promise.race([ready, died]);
    died.catch(() => undefined);
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  await start();
  return {
    socket,
    signal: (signal) => void child?.kill(signal),
    kill,
    start,
    close: () => kill("SIGKILL"),
  };
}
