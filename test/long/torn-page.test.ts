import { createHash } from "node:crypto";
import { cp, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { verifyLog } from "@xinqiao/gateway";
import { readCheckpoint } from "@xinqiao/protocol/checkpoint";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createParty,
  type FakeNode,
  type GatewayProcess,
  placeNode,
  prepare,
  sampleLookup,
  send,
  startGatewayProcess,
} from "../constellation/index.ts";

const lookups = 20;
const often = { timeout: 20_000, interval: 100 };

describe("a page of the log's database that was torn", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let gateway: GatewayProcess;

  /** The log as it was closed, whole. */
  let closed: string;

  beforeAll(async () => {
    const dg = await placeNode("dg", "441900");
    node = dg.fake;
    gateway = await startGatewayProcess([asker, dg.party]);
    for (let at = 0; at < lookups; at += 1) expect((await lookUp()).status).toBe(200);
    // All of it is in the database then, and nothing in the journal.
    await gateway.kill("SIGTERM");
    closed = join(gateway.home, "closed");
    await cp(dirname(gateway.logFile), closed, { recursive: true });
  });

  beforeEach(async () => {
    await rm(dirname(gateway.logFile), { recursive: true });
    await cp(closed, dirname(gateway.logFile), { recursive: true });
  });

  afterEach(() => gateway.kill("SIGKILL"));

  afterAll(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  const lookUp = async () => send(await prepare(asker, gateway, sampleLookup()));
  const digest = async () =>
    createHash("sha256")
      .update(await readFile(gateway.logFile))
      .digest("hex");

  /** As sectors that were never written: half of a page in the middle of a table, or of each of its pages. */
  async function tear(table: "entry" | "node", which: "one" | "all" = "one"): Promise<void> {
    const database = new Database(gateway.logFile, { readonly: true });
    const pages = database
      .prepare<[string], number>("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'")
      .pluck()
      .all(table);
    const size = Number(database.pragma("page_size", { simple: true }));
    database.close();
    const torn = which === "all" ? pages : pages.slice(pages.length / 2).slice(0, 1);
    expect(torn).not.toEqual([]);
    const file = await open(gateway.logFile, "r+");
    for (const page of torn) {
      await file.write(Buffer.alloc(size / 2, 0xa5), 0, size / 2, (page - 1) * size + size / 2);
    }
    await file.close();
  }

  /** Whoever has pages in memory reads them again: somebody else has written. */
  function forgetPages(): void {
    const database = new Database(gateway.logFile);
    database.exec("DELETE FROM probe");
    database.close();
  }

  /** The roots of all sizes, from the half of the database that is whole. */
  function rootsFrom(intact: "entry" | "node"): readonly Buffer[] {
    const database = new Database(gateway.logFile, { readonly: true });
    const hashes =
      intact === "node"
        ? database.prepare<[], Buffer>("SELECT hash FROM node WHERE level = 0 ORDER BY idx").pluck().all()
        : database
            .prepare<[], string>("SELECT leaf FROM entry ORDER BY idx")
            .pluck()
            .all()
            .map((leaf) => leafHash(Buffer.from(leaf)));
    database.close();
    let frontier = emptyFrontier;
    return [
      rootOf(frontier),
      ...hashes.map((hash) => {
        frontier = appendLeaf(frontier, hash).frontier;
        return rootOf(frontier);
      }),
    ];
  }

  async function newestCheckpoint(): Promise<{ readonly size: number; readonly root: Uint8Array }> {
    const reply = await request(`${gateway.origin}/log/checkpoint/newest`);
    const read = readCheckpoint(await reply.body.text());
    if (!read.ok) throw new Error(`no checkpoint: ${reply.statusCode}`);
    return read.value.checkpoint;
  }

  it.each(["entry", "node"] as const)(
    "in table %s: the log is not written to, and says why",
    async (table) => {
      await tear(table);
      const before = await digest();
      const { code, said } = await gateway.startInVain();
      expect(code).not.toBe(0);
      expect(said).toContain("the audit log is damaged");
      expect(await digest()).toBe(before);
      const { findings } = verifyLog(gateway.logFile);
      expect(findings.length).toBeGreaterThan(0);
    },
  );

  it("in table entry, of a gateway that runs: lookups go on, and every checkpoint is true", async () => {
    await gateway.start();
    const { size } = await newestCheckpoint();
    await tear("entry");
    for (let at = 0; at < lookups; at += 1) expect((await lookUp()).status).toBe(200);
    await expect.poll(async () => (await newestCheckpoint()).size, often).toBeGreaterThan(size);
    await endsDamaged("node");
  });

  it("in table node, of a gateway that runs: it stops at once, says so, and has signed nothing untrue", async () => {
    await gateway.start();
    await tear("node", "all");
    forgetPages();
    await expect.poll(async () => (await lookUp()).code, often).toBe("log.damaged");
    const asked = node.asked;
    expect(await lookUp()).toMatchObject({ status: 503, code: "log.damaged" });
    expect(node.asked, "nothing left the gateway").toBe(asked);
    const ready = await request(`${gateway.adminOrigin}/readyz`);
    expect(ready.statusCode).toBe(503);
    expect(await ready.body.json()).toMatchObject({ code: "log.damaged" });
    await endsDamaged("entry");
  });

  async function endsDamaged(intact: "entry" | "node"): Promise<void> {
    const newest = await newestCheckpoint();
    await gateway.kill("SIGKILL");
    expect(Buffer.from(newest.root)).toEqual(rootsFrom(intact)[newest.size]);
    const { said } = await gateway.startInVain();
    expect(said).toContain("the audit log is damaged");
  }
});
