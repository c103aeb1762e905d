import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestIntake, type TestIntake } from "../intake/testing/intake.ts";
import { testCatalogue, testJurisdiction } from "../intake/testing/rows.ts";
import { streamsFaults } from "./check.ts";
import { databaseOf, serviceOf } from "./testing/followed.ts";
import { type Platform, sqlitePlatform } from "./testing/platform.ts";
import { testTriggers } from "./testing/triggers.ts";

let intake: TestIntake;
let platform: Platform;
beforeEach(async () => {
  intake = openTestIntake();
  platform = await sqlitePlatform();
});
afterEach(async () => {
  intake.close();
  await platform.close();
});

const about = () => ({
  store: intake.store,
  catalogue: () => testCatalogue,
  jurisdiction: testJurisdiction,
  env: {},
  now: () => intake.now,
});
const column = { by: "column", column: "changed", overlapSeconds: 60 } as const;
const faultsOf = (changes: Parameters<typeof databaseOf>[1], more: object = {}) =>
  streamsFaults({ databases: [databaseOf(platform, changes, more)], services: [] }, about());

describe("what the doctor asks of a platform", () => {
  it("is nothing more where all can be read, and takes no row", async () => {
    await platform.put(1, 1);
    await platform.run(testTriggers("sqlite"));
    for (const changes of [column, { by: "triggers" } as const, { by: "compare" } as const]) {
      expect(await faultsOf(changes)).toEqual([]);
    }
    expect(intake.store.streams.standings()).toMatchObject([{ rows: 0, asOf: null }]);
  });

  it("finds a table, or a table of changes, that is not there", async () => {
    const refused = "the database cannot be read (SQLITE_ERROR)";
    expect(await faultsOf({ by: "triggers" })).toEqual([
      `platform.penalty: the table of changes: ${refused}`,
    ]);
    expect(await faultsOf({ by: "compare" }, { table: "penalties" })).toEqual([
      `platform.penalty: penalties: ${refused}`,
    ]);
  });

  it("finds rows that would never be seen", async () => {
    await platform.put(1, 1);
    await platform.run("UPDATE penalty SET changed = NULL");
    expect(await faultsOf(column)).toEqual(["platform.penalty: penalty: rows without a value in changed"]);
  });

  it("finds a service that is away", async () => {
    const services = [serviceOf("http://127.0.0.1:1")];
    expect(await streamsFaults({ databases: [], services }, about())).toEqual([
      "platform.penalty: the platform cannot be reached",
    ]);
  });

  it("refuses a mapping without an identifier, and a secret that is not there", async () => {
    const named = { fields: { CF_WSH: "p_cf_wsh" } };
    await expect(faultsOf(column, named)).rejects.toThrow("nobody's rows");
    const auth = { header: "authorization", valueEnv: "PORTAL_TOKEN" };
    const services = [{ ...serviceOf("http://127.0.0.1:1"), auth }];
    await expect(streamsFaults({ databases: [], services }, about())).rejects.toThrow("PORTAL_TOKEN");
  });
});
