import { existsSync, readFileSync } from "node:fs";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { CommandError } from "@xinqiao/runtime/cli";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/index.ts";
import { type TestFolder, testFolder } from "../intake/testing/folder.ts";
import { openStore } from "../store/index.ts";
import { deadLetters, deliveryStatus } from "./delivery.ts";
import { doctor } from "./doctor.ts";
import { closeGap, listGaps } from "./gaps.ts";
import { init } from "./init.ts";
import { confirmGone, forgetStream, intakeStatus, keptRows } from "./intake.ts";
import { refused } from "./refused.ts";
import { correct } from "./sharing.ts";

let folder: TestFolder;
let home: string;
let path: string;
beforeEach(async () => {
  folder = testFolder();
  home = folder.path("home");
  const names = { nameZh: "示例区", nameEn: "Example district" };
  const gateway = { gatewayNode: "sz", registryKey: "A".repeat(43), gatewayOrigin: "http://127.0.0.1:1" };
  const doors = { listen: "127.0.0.1:0", local: "127.0.0.1:0", suite: "ed25519" as const };
  await init(
    { home, node: "sz-baoan", role: "district", division: "440300", ...names, ...gateway, ...doors },
    0,
  );
  path = (await loadConfig(home)).store;
});
afterEach(() => folder[Symbol.dispose]());

const commands: readonly (readonly [string, () => Promise<string>])[] = [
  ["intake status", () => intakeStatus(home)],
  ["intake rows", () => keptRows(home, "platform.penalty")],
  ["gaps list", () => listGaps(home)],
  ["refused", () => refused({ home, limit: "10" })],
  ["delivery", () => deliveryStatus({ home })],
  ["delivery dead", () => deadLetters("platform", { home })],
];

const changing: readonly (readonly [string, () => Promise<string>])[] = [
  ["correct", () => correct("penalty:1", home, { state: "repaired" })],
  ["gaps close", () => closeGap(home, { import: 1, line: 2 })],
  ["intake confirm", () => confirmGone(home, "platform.penalty")],
  ["intake forget", () => forgetStream(home, "platform.penalty")],
  ["doctor", () => doctor(home)],
];

describe.each([...commands, ...changing])("`%s`", (_name, command) => {
  it("says that there is nothing where no agent has run, and makes no file", async () => {
    const told = command();
    await expect(told).rejects.toThrow(CommandError);
    await expect(told).rejects.toThrow("the agent has not run yet");
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    [1, "of an older version"],
    [9_999, "of a newer version"],
  ])("leaves a store of version %i as it is, and says why", async (version, why) => {
    openStore(path).close();
    const file = new Database(path);
    file.pragma(`user_version = ${version}`);
    file.close();
    const before = readFileSync(path);
    const told = command();
    await expect(told).rejects.toThrow(CommandError);
    await expect(told).rejects.toThrow(why);
    expect(readFileSync(path)).toEqual(before);
  });
});

describe.each(commands)("`%s`", (_name, command) => {
  it("reads beside an agent in the middle of a write, and changes no byte", async () => {
    const running = openStore(path);
    running.streams.open("platform.penalty", itemCodeSchema.parse("penalty"));
    running.deliveries.choose([{ name: "platform", items: "all", target: "t" }]);
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
