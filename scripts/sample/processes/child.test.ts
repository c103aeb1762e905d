import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runNode, startChild } from "./child.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-child-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const start = (script: string, onMessage?: (message: unknown) => void) =>
  startChild({ name: "test", script, args: [], log: join(folder, "log"), ...(onMessage && { onMessage }) });

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(10);
}

const tellsPid = "process.send({ pid: process.pid });";
const staysUp = "setInterval(() => {}, 1000);";

describe("a child process", () => {
  it("ends by itself when told to, and its log holds what it said", async () => {
    const ready = Promise.withResolvers<unknown>();
    const child = start(
      await program(
        "polite.mjs",
        `process.on("SIGTERM", () => { console.log("goodbye"); process.exit(0); }); ${tellsPid} ${staysUp}`,
      ),
      ready.resolve,
    );
    await ready.promise;
    expect(child.running).toBe(true);
    await child.stop();
    expect(child.running).toBe(false);
    expect(await child.exited).toBe(0);
    expect(await readFile(child.log, "utf8")).toBe("goodbye\n");
  });

  it("is ended by force when it does not listen", async () => {
    const ready = Promise.withResolvers<unknown>();
    const child = start(
      await program("deaf.mjs", `process.on("SIGTERM", () => {}); ${tellsPid} ${staysUp}`),
      ready.resolve,
    );
    await ready.promise;
    await child.stop(50);
    expect(await child.exited).toBe("SIGKILL");
  });

  it("takes what it started with it, even when it is killed outright", async () => {
    const told = Promise.withResolvers<unknown>();
    const child = start(
      await program(
        "keeper.mjs",
        `import { spawn } from "node:child_process";
         const grandchild = spawn(process.execPath, ["-e", ${JSON.stringify(staysUp)}]);
         process.send({ self: process.pid, grandchild: grandchild.pid }); ${staysUp}`,
      ),
      told.resolve,
    );
    const { self, grandchild } = pidsOf(await told.promise);
    expect(isRunning(grandchild)).toBe(true);
    process.kill(self, "SIGKILL");
    await child.exited;
    await untilGone(grandchild);
  });

  it("ends when its parent is killed outright", async () => {
    const pidFile = join(folder, "pid");
    const orphan = await program(
      "orphan.mjs",
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${tellsPid} ${staysUp}`,
    );
    const parent = spawn(
      process.execPath,
      [
        await program(
          "parent.mjs",
          `import { startChild } from ${JSON.stringify(import.meta.resolve("./child.ts"))};
           startChild({ name: "orphan", script: ${JSON.stringify(orphan)}, args: [], log: ${JSON.stringify(join(folder, "log"))}, onMessage: () => console.log("started") });`,
        ),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await new Promise<void>((resolve) => parent.stdout.once("data", () => resolve()));
    const pid = Number(await readFile(pidFile, "utf8"));
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await untilGone(pid);
  });
});

describe("a program run to its end", () => {
  it("gives its standard output", async () => {
    expect(await runNode(await program("says.mjs", 'console.log("said")'), [])).toBe("said\n");
  });

  it("fails with its complaint", async () => {
    const failing = await program("fails.mjs", 'console.error("the reason"); process.exit(3);');
    await expect(runNode(failing, ["--now"])).rejects.toThrow(/--now ended with 3:\nthe reason/);
  });

  it("is stopped when it is no longer wanted", async () => {
    const unwanted = new AbortController();
    const pidFile = join(folder, "pid");
    const script = await program(
      "stays.mjs",
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${staysUp}`,
    );
    const run = runNode(script, [], unwanted.signal);
    const failed = expect(run).rejects.toThrow();
    let pid = 0;
    while (!(pid > 0)) {
      await delay(10);
      pid = Number(await readFile(pidFile, "utf8").catch(() => 0));
    }
    unwanted.abort();
    await failed;
    await untilGone(pid);
  });
});

function pidsOf(message: unknown): { self: number; grandchild: number } {
  if (
    typeof message === "object" &&
    message !== null &&
    "self" in message &&
    "grandchild" in message &&
    typeof message.self === "number" &&
    typeof message.grandchild === "number"
  ) {
    return { self: message.self, grandchild: message.grandchild };
  }
  throw new TypeError("not two pids");
}
