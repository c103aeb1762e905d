import { describe, expect, it } from "vitest";
import { agentConfigSchema } from "./schema.ts";

const config = {
  node: "sz-baoan",
  name: { zh: "示例区", en: "Example" },
  role: "district",
  division: "440306",
  registryKeys: ["A".repeat(43)],
  gateway: { node: "sz", origin: "https://xinqiao.example.org" },
  listen: "0.0.0.0:8441",
  origin: "https://xinqiao.district.example.org",
};
const parse = (change: object) => agentConfigSchema.safeParse({ ...config, ...change });

describe("the local API's address", () => {
  it.each(["127.0.0.1:8541", "127.1.2.3:8541", "[::1]:8541", "localhost:8541"])("may be %s", (local) => {
    expect(parse({ local }).success).toBe(true);
  });

  it.each(["0.0.0.0:8541", "10.0.0.5:8541", "[::]:8541", "127.0.0.1.example.org:8541"])(
    "is not %s, unless the operator says that it may be reached from elsewhere",
    (local) => {
      expect(parse({ local }).error?.issues).toMatchObject([
        { path: ["local"], message: expect.stringMatching(/^not a loopback address/) },
      ]);
      expect(parse({ local, localBeyondLoopback: true }).success).toBe(true);
    },
  );
});

it("a member without records of its own watches no folder", () => {
  const [intake, local] = [{ folder: "intake" }, "127.0.0.1:8541"];
  expect(parse({ intake, local }).error?.issues).toMatchObject([{ path: ["intake", "folder"] }]);
  expect(parse({ intake, local, jurisdiction: "440306" }).data?.intake).toEqual({
    folder: "intake",
    settleMs: 2_000,
    everySeconds: 2,
    keepDays: 90,
    databases: [],
    services: [],
  });
});

it("a platform's tables are followed by a member with records of its own, each under a name of its own", () => {
  const table = { table: "penalty", key: "id", fields: { CF_WSH: "number" }, changes: { by: "compare" } };
  const tables = ["penalty", "licence"].map((item) => ({ ...table, item }));
  const database = { name: "platform", dialect: "sqlite", url: "platform.db", tables };
  const service = {
    name: "platform",
    baseUrl: "https://platform.example",
    items: [{ item: "penalty", path: "/", cursor: "next", key: "id", fields: table.fields }],
  };
  const parseIntake = (intake: object, jurisdiction?: string) =>
    parse({ intake, local: "127.0.0.1:8541", jurisdiction });
  expect(parseIntake({ databases: [database] }, "440306").success).toBe(true);
  expect(parseIntake({ databases: [database] }).error?.issues).toMatchObject([{ path: ["intake"] }]);
  expect(parseIntake({ databases: [database], services: [service] }, "440306").error?.issues).toMatchObject([
    { message: expect.stringMatching(/^two entries/) },
  ]);
  const named = { ...service, name: "portal" };
  expect(parseIntake({ databases: [database], services: [named] }, "440306").success).toBe(true);
});

it("screens no copies where it subscribes to nothing", () => {
  const away = { local: "127.0.0.1:8541", screeningWhenAway: "copies" };
  expect(parse(away).error?.issues[0]?.message).toMatch(/subscribes to nothing/);
  expect(parse({ ...away, sharing: { subscribe: {} } }).success).toBe(true);
});

describe("deliveries", () => {
  const table = { type: "table", name: "platform", dialect: "sqlite", url: "platform.db" };
  const file = { type: "file", name: "files", folder: "copies" };
  const sharing = { subscribe: {} };
  const local = "127.0.0.1:8541";
  const faultOf = (deliveries: readonly object[], more: object = { sharing }) =>
    parse({ local, deliveries, ...more }).error?.issues[0]?.message;

  it("are of what is subscribed to, each to a place of its own", () => {
    const other = { ...table, name: "other", dialect: "postgres", table: "credit.copies" };
    expect(parse({ local, sharing, deliveries: [table, other, file] }).data?.deliveries).toMatchObject([
      { items: "all", table: "xinqiao_copy", create: true },
      { table: "credit.copies" },
      { format: "ndjson" },
    ]);
    expect(faultOf([file], {})).toMatch(/subscribes to nothing/);
    expect(faultOf([table, { ...file, name: "platform" }])).toMatch(/one name/);
    expect(faultOf([table, { ...table, name: "other" }])).toMatch(/one place/);
    expect(faultOf([file, { ...file, name: "other" }])).toMatch(/one place/);
  });

  it.each([
    [{ ...table, url: undefined }, /either url or urlEnv/],
    [{ ...table, urlEnv: "PLATFORM_DB" }, /either url or urlEnv/],
    [{ ...table, table: 'x"; DROP TABLE y' }, /table, or schema.table/],
    [{ ...table, table: "main.copies" }, /SQLite has no schemas/],
    [{ type: "webhook", name: "hook" }, /either url or urlEnv/],
    [{ ...file, name: "Not a name" }, /lower-case/],
  ])("are not like %j", (delivery, message) => {
    expect(faultOf([delivery])).toMatch(message);
  });
});
