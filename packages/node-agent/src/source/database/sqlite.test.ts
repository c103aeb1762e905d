import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baseCatalogue, type ItemCode, indexCatalogue } from "@xinqiao/protocol/catalogue";
import Database from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { describeSource } from "../source.contract.ts";
import { asPlatform, liveDependencies, penaltyFields, taxFields } from "../testing/mapping.ts";
import { asked, penalties, penalty, penaltyRow, taxCredit, taxGrades } from "../testing/rows.ts";
import { databaseSourceSchema } from "./config.ts";
import { createDatabaseSource } from "./database-source.ts";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

type Rows = readonly Readonly<Record<string, string | null>>[];

function fillTable(database: Database.Database, table: string, rows: Rows, columns: readonly string[]): void {
  const list = columns.map((column) => `"${column}"`).join(", ");
  database.exec(`CREATE TABLE "${table}" (${list})`);
  const insert = database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) insert.run(columns.map((column) => row[column] ?? null));
}

async function platform(fill: (database: Database.Database) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-sqlite-"));
  folders.push(folder);
  const path = join(folder, "platform.db");
  const database = new Database(path);
  fill(database);
  database.close();
  return path;
}

const configOf = (url: string, penaltyChanges: object = {}) => ({
  type: "database",
  name: "platform",
  dialect: "sqlite",
  url,
  tables: [
    {
      item: "penalty",
      table: "penalties",
      subject: { scheme: "uscc", column: "p_cf_xdr_shxym", kind: "enterprise" },
      fields: penaltyFields,
      ...penaltyChanges,
    },
    {
      item: "tax-credit",
      table: "grades",
      subject: { scheme: "uscc", column: "p_ns_shxym" },
      nameColumn: "p_ns_ztmc",
      fields: Object.fromEntries(Object.entries(taxFields).filter(([name]) => name !== "NS_ZTMC")),
    },
  ],
});
const never = new AbortController().signal;

describeSource("a SQLite database", async () => {
  const path = await platform((database) => {
    fillTable(database, "penalties", asPlatform(penalties), Object.values(penaltyFields));
    fillTable(database, "grades", asPlatform(taxGrades), Object.values(taxFields));
  });
  const source = await createDatabaseSource(
    databaseSourceSchema.parse(configOf(path)),
    liveDependencies().deps,
  );
  return {
    source,
    async breakDown() {
      await source.close();
      await rename(path, `${path}.gone`);
    },
    close: () => source.close(),
  };
});

describe("another catalogue", () => {
  it("is followed as it is taken; an item that the mapping fits no more is not answered, the others are", async () => {
    const path = await platform((database) => {
      fillTable(database, "penalties", asPlatform(penalties), Object.values(penaltyFields));
      fillTable(database, "grades", asPlatform(taxGrades), Object.values(taxFields));
    });
    const base = baseCatalogue();
    let catalogue = indexCatalogue(base, 1);
    const { deps } = liveDependencies();
    const config = databaseSourceSchema.parse(configOf(path));
    const source = await createDatabaseSource(config, { ...deps, catalogue: () => catalogue });
    const find = (item: ItemCode) => source.find({ subject: asked, items: [item] }, never);
    expect(await find(penalty)).toMatchObject({ value: { records: [{ catalogueVersion: 1 }, {}] } });

    const required = { name: "CF_NEW", type: "text", required: true, masking: "none" } as const;
    const items = base.items.map((item) =>
      item.code === penalty
        ? { ...item, fields: [...item.fields, { ...required, label: { zh: "新栏目", en: "New" } }] }
        : item,
    );
    catalogue = indexCatalogue({ ...base, items }, 2);
    expect(await find(penalty)).toMatchObject({ error: { code: "source.unavailable" } });
    expect(await find(taxCredit)).toMatchObject({ value: { records: [{ catalogueVersion: 2 }] } });

    catalogue = indexCatalogue(base, 3);
    expect(await find(penalty)).toMatchObject({ value: { records: [{ catalogueVersion: 3 }, {}] } });
    await source.close();
  });
});

describe("states and invalid rows", () => {
  const columns = [...Object.values(penaltyFields), "zt"];
  const withState = (number: string, zt: string | null, changes: Record<string, string> = {}) => ({
    ...asPlatform([penaltyRow(asked, number, changes)])[0],
    zt,
  });
  const rows: Rows = [
    withState("示罚〔2025〕1号", "0"),
    withState("示罚〔2025〕2号", "1"),
    withState("示罚〔2025〕3号", "9"),
    withState("示罚〔2025〕4号", null),
    withState("示罚〔2025〕5号", "0", { CF_JDRQ: "2025-02-30" }),
  ];

  it("discloses no row whose state is not mapped, and reports bad rows without their values", async () => {
    const path = await platform((database) => {
      fillTable(database, "penalties", rows, columns);
      fillTable(database, "grades", [], Object.values(taxFields));
    });
    const { deps, invalid } = liveDependencies();
    const config = configOf(path, { stateColumn: "zt", stateValues: { "0": "current", "1": "repaired" } });
    const source = await createDatabaseSource(databaseSourceSchema.parse(config), deps);
    const found = await source.find({ subject: asked, items: [penalty] }, never);
    await source.close();
    const states = found.ok ? found.value.records.map(({ state, fields }) => [fields.CF_WSH, state]) : [];
    expect(states).toEqual([
      ["示罚〔2025〕1号", "current"],
      ["示罚〔2025〕2号", "repaired"],
    ]);
    expect(invalid).toEqual([
      {
        source: "platform",
        item: "penalty",
        count: 3,
        reasons: [
          { field: "state", reason: "state-not-mapped" },
          { field: "CF_JDRQ", reason: "date-not-real" },
        ],
      },
    ]);
  });
});

describe("the configuration", () => {
  const create = async (config: object, env: Record<string, string> = {}) =>
    createDatabaseSource(databaseSourceSchema.parse(config), liveDependencies(env).deps);

  it.each([['p"; DROP TABLE penalties; --'], ["p_cf_wsh, p_cf_sy"], ["1st"], [""]])(
    "refuses %j as a column",
    async (column) => {
      const fields = { ...penaltyFields, CF_WSH: column };
      await expect(create(configOf("x.db", { fields }))).rejects.toThrow();
      await expect(create(configOf("x.db", { stateColumn: column }))).rejects.toThrow();
      await expect(create(configOf("x.db", { table: column }))).rejects.toThrow();
    },
  );

  it("refuses a mapping that would make every row invalid, naming every fault", async () => {
    const { CF_WSH: _number, ...fields } = penaltyFields;
    await expect(create(configOf("x.db", { fields: { ...fields, CF_NIX: "p_nix" } }))).rejects.toThrow(
      /penalty has no column CF_NIX[\s\S]*CF_WSH 行政处罚决定书文号/,
    );
  });

  it("takes a secret URL from the environment, and says which variable is missing", async () => {
    const { url: _url, ...config } = configOf("");
    const named = { ...config, urlEnv: "PLATFORM_DB" };
    await expect(create(named)).rejects.toThrow(/PLATFORM_DB/);
    expect(await create(named, { PLATFORM_DB: "/nowhere/x.db" })).toMatchObject({ name: "platform" });
    await expect(create(config)).rejects.toThrow(/either url or urlEnv/);
    await expect(create({ ...named, url: "x.db" })).rejects.toThrow(/either url or urlEnv/);
  });
});
