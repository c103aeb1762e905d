import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadConfig } from "../config/index.ts";
import { type TestFolder, testFolder } from "../intake/testing/folder.ts";
import { openStore } from "../store/index.ts";
import { init } from "./init.ts";
import { refused } from "./refused.ts";

let folder: TestFolder;
let home: string;
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
});
afterEach(() => folder[Symbol.dispose]());

it("lists what the city has not taken, and why, for people and for programs", async () => {
  const store = openStore((await loadConfig(home)).store);
  expect(await refused({ home, limit: "9" })).toContain("nothing was refused");
  const item = itemCodeSchema.parse("penalty");
  const session = store.imports.start({
    file: "a.csv",
    sha256: "00",
    item,
    startedAt: "2026-01-01T00:00:00Z",
  });
  session.take([testRecord({ id: "penalty:1" })]);
  session.close();
  const at = Date.parse("2026-03-01T00:00:00Z");
  const code = "sync.record-invalid";
  store.outbox.acknowledged(1, "a.b.c", at, [{ record: "penalty:1", version: 1, code }]);
  store.close();
  expect(await refused({ home, limit: "9" })).toMatch(
    new RegExp(`│ penalty:1\\s+│ 1\\s+│ ${code}\\s+│ 2026-03-01 08:00:00 │ `),
  );
  expect(JSON.parse(await refused({ home, limit: "9", json: true }))).toEqual([
    { record: "penalty:1", version: 1, code, at },
  ]);
});
