import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadConfig } from "../config/index.ts";
import { type TestFolder, testFolder } from "../intake/testing/folder.ts";
import { type AgentStore, openStore } from "../store/index.ts";
import { serviceOf } from "../streams/testing/followed.ts";
import { init } from "./init.ts";
import { confirmGone, forgetStream, intakeStatus, keptRows } from "./intake.ts";

const item = itemCodeSchema.parse("penalty");
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

async function withStore<T>(work: (store: AgentStore) => T): Promise<T> {
  const store = openStore((await loadConfig(home)).store);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

const kept = { reasons: [], cells: [] };
const rowOf = (key: string, name?: string) => {
  const record = {
    ...testRecord({ id: "penalty:1", ...(name !== undefined && { subjectName: name }) }),
    state: "current" as const,
  };
  return { key, digest: key, record, conflict: kept };
};

it("says that no tables are followed, and which folder is watched", async () => {
  await withStore(() => {});
  expect(await intakeStatus(home)).toBe("未接入库表与服务 no tables or services are followed");
  const path = join(home, "agent.json");
  const config = JSON.parse(await readFile(path, "utf8"));
  const intake = { folder: "handover" };
  await writeFile(path, JSON.stringify({ ...config, jurisdiction: "440300", intake }));
  expect(await intakeStatus(home)).toContain(`watched folder: ${join(home, "handover")}`);
});

it("forgets a stream that is followed no more, and keeps its records", async () => {
  await withStore(({ streams }) => {
    for (const stream of ["old.penalty", "new.penalty"]) streams.open(stream, item);
    const at = "2026-01-01T00:00:00Z";
    const unread = Array.from({ length: 1_500 }, (_, n) => ({ key: `u${n}`, digest: "d", kept }));
    streams.take({ stream: "old.penalty", item, changes: [rowOf("a"), ...unread], at });
    streams.take({ stream: "new.penalty", item, changes: [rowOf("b", "示例二号有限公司")], at });
    expect(streams.again("new.penalty", 9)).toEqual([]);
  });
  expect(await forgetStream(home, "old.penalty")).toContain("old.penalty");
  expect(await intakeStatus(home)).not.toContain("old.penalty");
  await withStore(({ streams, own }) => {
    expect(streams.standings()).toMatchObject([{ name: "new.penalty", rows: 1 }]);
    expect(streams.known("old.penalty", 1)).toBe(0);
    // What waited for its row to give way is read again.
    expect(streams.again("new.penalty", 9)).toEqual(["b"]);
    expect(own.byId("penalty:1")?.state).toBe("current");
  });
  await expect(forgetStream(home, "old.penalty")).rejects.toThrow("no such stream");
});

it("says of a stream that it does not know that there is none, where rows kept back are asked for", async () => {
  await withStore(({ streams }) => streams.open("platform.penalty", item));
  expect(await keptRows(home, "platform.penalty")).toContain("why");
  await expect(keptRows(home, "platform.penatly")).rejects.toThrow("no such stream");
  await expect(confirmGone(home, "platform.penatly")).rejects.toThrow("no such stream");
});

it("forgets none that is followed still", async () => {
  const path = join(home, "agent.json");
  const config = JSON.parse(await readFile(path, "utf8"));
  const intake = { services: [serviceOf("http://127.0.0.1:1")] };
  await writeFile(path, JSON.stringify({ ...config, jurisdiction: "440300", intake }));
  await withStore(({ streams }) => streams.open("platform.penalty", item));
  await expect(forgetStream(home, "platform.penalty")).rejects.toThrow("it is in agent.json");
  expect(await intakeStatus(home)).toContain("platform.penalty");
});
