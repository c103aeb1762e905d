import { copyFileSync, mkdirSync } from "node:fs";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import { testFederation, testNode, testNow } from "@xinqiao/protocol/testing";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startPostgres } from "../testing/postgres.ts";
import type { Platform } from "./index.ts";
import { openFolder } from "./platform/files.ts";
import { openPostgresTable } from "./platform/postgres.ts";
import { openSqliteTable } from "./platform/sqlite.ts";
import { openWebhook } from "./platform/webhook.ts";
import { Consumer } from "./testing/consumer.ts";
import { dg, hz, penalty, replyLost, TestCopies } from "./testing/copies.ts";
import { Receiver } from "./testing/receiver.ts";

const feeds = [0, 1].map((n) => feedIdSchema.parse(`0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f6${n}`));
const unavailable: Pick<Platform, "take"> = {
  take: async () => ({ ok: false, error: { code: "delivery.unavailable", reason: "ECONNREFUSED" } }),
};

interface ModelPlatform {
  readonly platform: Platform;
  /** What it has taken up is in effect. */
  takeUp(): void;
  /** It is put back to how it was when it was last backed up. */
  backUp(): Promise<void>;
  putBack(): Promise<void>;
  rows(): readonly string[] | Promise<readonly string[]>;
  close(): Promise<void>;
}

type Act =
  | {
      readonly act: "put" | "hide";
      readonly source: 0 | 1;
      readonly record: number;
      readonly licence: boolean;
    }
  | { readonly act: "drop"; readonly source: 0 | 1; readonly record: number }
  | { readonly act: "feed"; readonly source: 0 | 1; readonly record: number }
  | {
      readonly act:
        | "deliver"
        | "lose-reply"
        | "away"
        | "restart"
        | "back-up"
        | "put-back"
        | "platform-back-up"
        | "platform-put-back"
        | "take-up"
        | "tomorrow"
        | "begin-anew";
    };

const source = fc.constantFrom<0 | 1>(0, 1);
const record = fc.nat({ max: 4 });
const changes: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constantFrom("put", "put", "hide"), source, record, licence: fc.boolean() }),
  fc.record({ act: fc.constantFrom("drop", "feed"), source, record }),
);
const others: fc.Arbitrary<Act> = fc.record({
  act: fc.constantFrom(
    "deliver",
    "deliver",
    "deliver",
    "lose-reply",
    "away",
    "restart",
    "back-up",
    "put-back",
    "platform-back-up",
    "platform-put-back",
    "take-up",
    "tomorrow",
    "begin-anew",
  ),
});

class Model {
  readonly copies = new TestCopies();
  readonly #at: ModelPlatform;
  #version = 0;
  #feeds: [0 | 1, 0 | 1] = [0, 0];
  #hasBackup = false;
  constructor(open: (copies: TestCopies) => ModelPlatform) {
    this.#at = open(this.copies);
    this.copies.store.deliveries.choose([this.#wanted]);
  }

  get #wanted() {
    const { target } = this.#at.platform;
    return { name: "platform", items: [penalty], target };
  }

  async run(act: Act): Promise<void> {
    const { copies } = this;
    switch (act.act) {
      case "put":
      case "hide":
        return this.#tell(act.source, this.#record(act));
      case "drop":
        return copies.take([], { source: [dg, hz][act.source] ?? dg, unwanted: [`x:${act.record}`] });
      case "feed":
        this.#feeds[act.source] = this.#feeds[act.source] === 0 ? 1 : 0;
        return this.#tell(act.source, this.#record({ ...act, act: "put", licence: false }), true);
      case "deliver":
        return void (await copies.step("platform", this.#at.platform));
      case "lose-reply":
        return void (await copies.step("platform", replyLost(this.#at.platform)));
      case "away":
        return void (await copies.step("platform", unavailable));
      case "begin-anew":
        return copies.store.deliveries.queue("platform").beginAnew();
      case "tomorrow":
        copies.today = new Date(Date.parse(copies.today) + 86_400_000).toISOString().slice(0, 10);
        return void copies.store.inbox.forgetEnded(copies.today);
      default:
        return this.#putBack(act.act);
    }
  }

  async #putBack(act: string): Promise<void> {
    const { copies } = this;
    if (act === "restart") copies.reopen();
    if (act === "back-up") {
      copies.backUp();
      this.#hasBackup = true;
    }
    if (act === "put-back" && this.#hasBackup) copies.putBack();
    if (act === "platform-back-up") await this.#at.backUp();
    if (act === "platform-put-back") await this.#at.putBack();
    if (act === "take-up") this.#at.takeUp();
  }

  #record({ act, record, licence }: { act: string; record: number; licence: boolean }): object {
    this.#version += 1;
    return {
      id: `x:${record}`,
      item: licence ? "licence" : "penalty",
      version: this.#version,
      ...(act === "hide" && { state: this.#version % 2 === 0 ? "repaired" : "withdrawn", fields: {} }),
      ...(this.#version % 5 === 0 && { disclosedUntil: this.copies.today }),
    };
  }

  #tell(source: 0 | 1, change: object, complete = false): void {
    const feed = feeds[this.#feeds[source]];
    if (feed === undefined) throw new Error("no feed");
    this.copies.take([change], { source: [dg, hz][source] ?? dg, feed, complete });
  }

  async check(): Promise<void> {
    // With nothing new to tell, a platform that was put back is found within the hour.
    this.copies.now += 3_600_000;
    await this.copies.deliverAll("platform", this.#at.platform);
    this.#at.takeUp();
    expect(await this.#at.rows()).toEqual(this.copies.shown([penalty]));
    expect(this.copies.store.deliveries.standings()).toMatchObject([
      { waiting: 0, dead: 0, isTelling: false },
    ]);
  }

  async close(): Promise<void> {
    await this.#at.close();
    this.copies.close();
  }
}

function sqlite(copies: TestCopies): ModelPlatform {
  const path = copies.path("platform.db");
  const platform = openSqliteTable({ path, table: "t", create: true });
  let hasBackup = false;
  return {
    platform,
    takeUp: () => {},
    async backUp() {
      await platform.close();
      const database = new Database(path);
      database.close();
      copyFileSync(path, copies.path("platform.bak"));
      hasBackup = true;
    },
    async putBack() {
      await platform.close();
      if (hasBackup) copyFileSync(copies.path("platform.bak"), path);
    },
    rows() {
      const database = new Database(path);
      const text = "SELECT concat_ws(' ', source, item, record, version, state) FROM t ORDER BY 1";
      const rows = database.prepare<[], string>(text).pluck().all();
      database.close();
      return rows;
    },
    close: () => platform.close(),
  };
}

function folder(copies: TestCopies): ModelPlatform {
  const path = copies.path("files");
  mkdirSync(path);
  const consumer = new Consumer(path);
  return {
    platform: openFolder({ folder: path, format: "ndjson" }),
    takeUp: () => consumer.consume(),
    backUp: async () => {},
    putBack: async () => {},
    rows: () => consumer.held.rows(),
    close: async () => {},
  };
}

/** One server for all runs: each begins with no table. */
async function database() {
  const server = await startPostgres();
  const { admin } = server;
  const tables = ["t", "t_place"];
  const open = (): ModelPlatform => {
    const platform = openPostgresTable({ url: server.url, table: "t", create: true, timeoutMs: 20_000 });
    let hasBackup = false;
    return {
      platform,
      takeUp: () => {},
      async backUp() {
        const { rows } = await admin.query("SELECT to_regclass('t') IS NOT NULL AS made");
        hasBackup = rows[0]?.made === true;
        if (!hasBackup) return;
        for (const table of tables) {
          await admin.query(`DROP TABLE IF EXISTS ${table}_bak; CREATE TABLE ${table}_bak AS TABLE ${table}`);
        }
      },
      async putBack() {
        if (!hasBackup) return;
        for (const table of tables) {
          await admin.query(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM ${table}_bak`);
        }
      },
      async rows() {
        const text =
          "SELECT concat_ws(' ', source, item, record, version, state) COLLATE \"C\" AS row FROM t ORDER BY 1";
        const { rows } = await admin.query(text);
        return rows.map(({ row }) => String(row));
      },
      async close() {
        await platform.close();
        await admin.query("DROP TABLE IF EXISTS t, t_place");
      },
    };
  };
  return { open, close: server.close };
}

const { signer } = testFederation();

async function service() {
  const receiver = new Receiver();
  const url = await receiver.listen();
  const node = testNode("sz-baoan");
  const options = { name: "platform", node, signer: signer("sz-baoan"), now: () => testNow };
  const platform = openWebhook({ ...options, url, headers: {}, timeoutMs: 10_000 });
  const open = (): ModelPlatform => {
    receiver.forget();
    return {
      platform,
      takeUp: () => {},
      backUp: async () => {},
      putBack: async () => receiver.forget(),
      rows: () => receiver.held.rows(),
      close: async () => {},
    };
  };
  const close = async () => {
    await platform.close();
    await receiver.close();
  };
  return { open, close };
}

async function holds(open: (copies: TestCopies) => ModelPlatform, numRuns: number): Promise<void> {
  const acts = fc.array(fc.oneof(changes, others), { minLength: 1, maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const model = new Model(open);
      try {
        for (const act of all) await model.run(act);
        await model.check();
      } finally {
        await model.close();
      }
    }),
    { numRuns },
  );
}

describe("whatever happens, a platform has in the end what may be used of the copies, and nothing else:", () => {
  it("its table", () => holds(sqlite, 20), 120_000);
  it("what it takes up from files", () => holds(folder, 20), 120_000);
  it("its web service", async () => {
    const { open, close } = await service();
    await holds(open, 20).finally(close);
  }, 120_000);
  it("its PostgreSQL table", async () => {
    const { open, close } = await database();
    await holds(open, 8).finally(close);
  }, 180_000);
});
