import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ItemCode } from "@xinqiao/protocol/catalogue";
import { recordFromRow } from "@xinqiao/protocol/record";
import Database from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { type AgentStore, openStore } from "../../store/index.ts";
import { describeSource } from "../source.contract.ts";
import {
  asked,
  penalties,
  penalty,
  taxCredit,
  taxGrades,
  testCatalogue,
  testJurisdiction,
} from "../testing/rows.ts";
import { createFileSource } from "./file-source.ts";

type Rows = readonly Readonly<Record<string, string>>[];

function fill(store: AgentStore, code: ItemCode, rows: Rows, startedAt: string): void {
  const item = testCatalogue.items.get(code);
  if (item === undefined) throw new Error(`no item ${code}`);
  const session = store.imports.start({ file: `${code}.csv`, sha256: "", item: code, startedAt });
  session.take(
    rows.map((row) => {
      const record = recordFromRow(item, row, {
        jurisdiction: testJurisdiction,
        recordedAt: startedAt,
        catalogueVersion: testCatalogue.version,
      });
      if (!record.ok) throw new Error(JSON.stringify(record.error));
      return record.value;
    }),
  );
  const counts = {
    received: rows.length,
    accepted: rows.length,
    unchanged: 0,
    quarantined: 0,
    duplicates: 0,
  };
  session.finish(counts, startedAt);
  session.close();
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-file-source-"));
  folders.push(folder);
  return join(folder, "store.db");
}
const config = { type: "file", name: "files" } as const;
const never = new AbortController().signal;

describeSource("imported files", async () => {
  const path = await newPath();
  const store = openStore(path);
  fill(store, penalty, penalties, "2026-01-01T00:00:00.000Z");
  fill(store, taxCredit, taxGrades, "2026-02-01T00:00:00.000Z");
  const source = createFileSource(config, store);
  return {
    source,
    async breakDown() {
      const intruder = new Database(path);
      intruder.exec("DROP TABLE record; DROP TABLE coverage");
      intruder.close();
    },
    async close() {
      await source.close();
      store.close();
    },
  };
});

describe("how current imported files are", () => {
  it("is the start of the last import of the item imported longest ago", async () => {
    const store = openStore(await newPath());
    const source = createFileSource(config, store);
    const asOf = async (items: ItemCode[]) => {
      const found = await source.find({ subject: asked, items }, never);
      return found.ok ? found.value.asOf : found.error.code;
    };
    expect([...source.held("uscc")]).toEqual([]);
    expect(await asOf([penalty])).toBe("1970-01-01T00:00:00.000Z");
    fill(store, penalty, penalties, "2026-01-01T00:00:00.000Z");
    fill(store, taxCredit, taxGrades, "2026-02-01T00:00:00.000Z");
    expect(await asOf([taxCredit])).toBe("2026-02-01T00:00:00.000Z");
    expect(await asOf([penalty, taxCredit])).toBe("2026-01-01T00:00:00.000Z");
    fill(store, penalty, penalties, "2026-03-01T00:00:00.000Z");
    expect(await asOf([penalty, taxCredit])).toBe("2026-02-01T00:00:00.000Z");
    store.close();
  });
});
