import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "@xinqiao/runtime/cli";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/index.ts";
import { openHub } from "../store/sqlite/index.ts";
import { listCases, showCase } from "./cases.ts";
import { init } from "./init.ts";
import { measures } from "./measures.ts";
import { scorecard } from "./scorecard.ts";
import { deadLetters, sharingStatus } from "./sharing.ts";

const now = () => Date.parse("2026-03-01T00:00:00Z");
let home: string;
let path: string;

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-read-hub-")), "sz");
  const city = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  await init({ home, ...city, listen: "127.0.0.1:9440", admin: "127.0.0.1:9449", suite: "ed25519" }, now());
  path = (await loadConfig(home)).sharing;
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

const commands: readonly (readonly [string, () => Promise<string>])[] = [
  ["sharing status", () => sharingStatus({ home }, now)],
  ["sharing dead-letters", () => deadLetters({ home, limit: "10" })],
  ["scorecard", () => scorecard({ home, month: "2026-03" })],
  ["measures", () => measures({ home })],
  ["measures --open", () => measures({ home, open: true })],
  ["cases list", () => listCases({ home })],
];

describe.each(commands)("`%s`", (_name, command) => {
  it("says that there is nothing where no gateway has run, and makes no file", async () => {
    const told = command();
    await expect(told).rejects.toThrow(CommandError);
    await expect(told).rejects.toThrow("the gateway has not run yet");
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    [1, "of an older version"],
    [99, "of a newer version"],
  ])("leaves a file of version %i as it is, and says why", async (version, why) => {
    openHub(path).close();
    const file = new Database(path);
    file.pragma(`user_version = ${version}`);
    file.close();
    const before = readFileSync(path);
    const told = command();
    await expect(told).rejects.toThrow(CommandError);
    await expect(told).rejects.toThrow(why);
    expect(readFileSync(path)).toEqual(before);
  });

  it("reads beside a gateway in the middle of a write, and changes no byte", async () => {
    const running = openHub(path);
    const writing = new Database(path);
    writing.exec("BEGIN IMMEDIATE");
    const bytes = () => [readFileSync(path), readFileSync(`${path}-wal`)];
    const before = bytes();
    expect(await command()).not.toBe("");
    expect(bytes()).toEqual(before);
    writing.close();
    running.close();
  });
});

it("`cases show` makes no file either", async () => {
  await expect(showCase("x", { home })).rejects.toThrow("the gateway has not run yet");
  expect(existsSync(path)).toBe(false);
});
