import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentStore, openStore } from "../store/index.ts";
import { createSources, sourceConfigSchema } from "./create.ts";
import { penaltyFields } from "./testing/mapping.ts";
import { asked, penalty, testCatalogue, testJurisdiction, testNow } from "./testing/rows.ts";

let folder: string;
let store: AgentStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-sources-"));
  store = openStore(join(folder, "store.db"));
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

const deps = () => ({
  store,
  catalogue: () => testCatalogue,
  jurisdiction: testJurisdiction,
  now: () => testNow,
  env: {},
});
const never = new AbortController().signal;
const query = { subject: asked, items: [penalty] };
const files = sourceConfigSchema.parse({ type: "file", name: "files" });
const database = {
  type: "database",
  name: "platform",
  dialect: "sqlite",
  url: "/nowhere/platform.db",
  tables: [
    {
      item: "penalty",
      table: "penalties",
      subject: { scheme: "uscc", column: "p_cf_xdr_shxym" },
      fields: penaltyFields,
    },
  ],
};

describe("a member's sources", () => {
  it("answer nothing, and are well, when there are none", async () => {
    const source = await createSources([], deps());
    expect(await source.find(query, never)).toMatchObject({ ok: true, value: { records: [] } });
    expect(await source.check(never)).toMatchObject({ ok: true });
  });

  it("are not opened for a member that only asks", async () => {
    const broken = sourceConfigSchema.parse(database);
    const source = await createSources([broken], { ...deps(), jurisdiction: undefined });
    expect(await source.find(query, never)).toMatchObject({ ok: true, value: { records: [] } });
    expect(source.held("uscc").size).toBe(0);
  });

  it("fail together: a source that cannot be read is never left out of an answer", async () => {
    const source = await createSources([files, sourceConfigSchema.parse(database)], deps());
    expect(await source.find(query, never)).toMatchObject({ error: { code: "source.unavailable" } });
    expect(await source.check(never)).toMatchObject({ error: { facts: { source: "platform" } } });
    await source.close();
  });

  it("are refused when a mapping does not fit the catalogue", async () => {
    const [table] = database.tables;
    const strange = sourceConfigSchema.parse({ ...database, tables: [{ ...table, item: "no-such-item" }] });
    await expect(createSources([files, strange], deps())).rejects.toThrow(/no item no-such-item/);
  });

  it.each([
    [{ type: "ftp", name: "x" }],
    [{ type: "file", name: "Not A Name" }],
    [{ ...database, url: undefined }],
    [{ ...database, tables: [] }],
    [{ ...database, dialect: "oracle" }],
    [{ ...database, password: "x" }],
  ])("are refused in a shape that is not theirs: %j", (config) => {
    expect(sourceConfigSchema.safeParse(config).success).toBe(false);
  });
});
