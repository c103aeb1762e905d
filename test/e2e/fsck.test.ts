import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type GatewayProcess, startGatewayProcess } from "../constellation/index.ts";
import { type ProgramName, programFile } from "../programs/index.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Ended {
  readonly code: number;
  readonly out: string;
}

/** Runs one of our command lines to its end. */
const run = (name: ProgramName, ...args: readonly string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(process.execPath, [programFile(name), ...args], (error, out, err) => {
      const code = typeof error?.code === "number" ? error.code : 0;
      resolve({ code, out: `${out}${code === 1 ? err : ""}`.trim() });
    });
  });

describe("a city's log, checked by a member's command line", () => {
  let gateway: GatewayProcess;
  let folder: string;
  let key: string;
  let registry: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-fsck-"));
    gateway = await startGatewayProcess([]);
    await vi.waitFor(
      async () => {
        const reply = await request(`${gateway.origin}/log/checkpoint`);
        expect(reply.statusCode).toBe(200);
        expect((await reply.body.text()).split("\n")[1]).not.toBe("0");
      },
      { timeout: 20_000, interval: 200 },
    );
    key = (await run("gateway", "log", "key", "--home", gateway.home)).out;
    const versions = await readdir(join(gateway.home, "registry"));
    registry = join(gateway.home, "registry", versions.sort().at(-1) ?? "");
  });

  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  const fsck = (place: string, ...more: readonly string[]) =>
    run(
      "node-agent",
      "log",
      "fsck",
      place,
      "--origin-key",
      key,
      "--registry",
      registry,
      "--all-fields",
      ...more,
    );

  it("is sound in the gateway's folder while it runs, at its address, and in what was exported", async () => {
    const exported = await run("gateway", "log", "export", join(folder, "files"), "--home", gateway.home);
    expect(exported).toMatchObject({ code: 0, out: expect.stringContaining("exported") });
    for (const place of [gateway.home, gateway.origin, join(folder, "files")]) {
      const { code, out } = await fsck(place, "--json");
      expect(JSON.parse(out)).toMatchObject({ findings: [], checkpoints: expect.any(Number) });
      expect(code).toBe(0);
      expect(JSON.parse(out).size).toBeGreaterThan(0);
    }
    expect((await readFile(join(folder, "files", "checkpoint"), "utf8")).split("\n")[0]).toBe("xinqiao/sz");
  });

  it("is named as damaged where it is, in both languages, by exit code 2", async () => {
    await gateway.kill("SIGTERM");
    const database = new Database(gateway.logFile);
    database.exec("UPDATE entry SET leaf = replace(leaf, '0.1.0', '0.1.1') WHERE idx = 0");
    database.close();
    const { code, out } = await fsck(gateway.home);
    expect(code).toBe(2);
    expect(out).toMatch(/^entry 0: 条目与其哈希不符 · and its hash differ/);
    expect(out).toMatch(/1 findings · 发现 1 处问题$/);
  });

  it("that is not there is no finding but a failure: exit code 1", async () => {
    expect(await fsck(folder)).toMatchObject({ code: 1, out: expect.stringContaining("未找到日志") });
  });
});
