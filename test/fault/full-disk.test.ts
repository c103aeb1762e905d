import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { readEntries, verifyLog } from "@xinqiao/gateway";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createParty,
  type FakeNode,
  type GatewayProcess,
  placeNode,
  prepare,
  type Sent,
  sampleLookup,
  send,
  startGatewayProcess,
} from "../constellation/index.ts";
import { makeRoom, smallDisk } from "./small-disk.ts";

describe("the log's disk is full", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let gateway: GatewayProcess;
  const disk = smallDisk();

  beforeAll(async () => {
    const dg = await placeNode("dg", "441900");
    node = dg.fake;
    gateway = await startGatewayProcess([asker, dg.party], {
      ...disk.options,
      config: { ...disk.options.config, limits: { perMember: { requests: 100_000, perSeconds: 1 } } },
    });
  });

  afterAll(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  const lookUp = async (): Promise<Sent> => send(await prepare(asker, gateway, sampleLookup()));
  /** SQLite opens no file through another process's root; what matters is read from a copy. */
  const copyOfLog = async (): Promise<string> => {
    for (const file of ["log.db", "log.db-wal"])
      await copyFile(disk.path(gateway, file), join(gateway.home, file));
    return join(gateway.home, "log.db");
  };
  const ready = async () => {
    const reply = await request(`${gateway.adminOrigin}/readyz`);
    return { status: reply.statusCode, body: await reply.body.json() };
  };

  it("refuses before anything is disclosed, says so, and recovers by itself when space returns", async () => {
    let sent = await lookUp();
    expect(sent.status).toBe(200);
    await disk.fill(gateway);
    for (let i = 0; i < 5_000 && sent.status === 200; i += 1) sent = await lookUp();
    expect(sent).toMatchObject({ status: 507, code: "log.full" });
    const asked = node.asked;
    for (let i = 0; i < 5; i += 1) expect(await lookUp()).toMatchObject({ status: 507, code: "log.full" });
    expect(node.asked, "nothing left the gateway").toBe(asked);
    expect(await ready()).toMatchObject({ status: 503, body: { code: "log.full" } });

    await makeRoom(disk, gateway);
    await expect.poll(async () => (await ready()).status, { timeout: 15_000, interval: 100 }).toBe(200);
    expect((await lookUp()).status).toBe(200);
    const copy = await copyOfLog();
    expect(verifyLog(copy).findings).toEqual([]);
    expect(readEntries(copy).at(-1)).toMatchObject({ kind: "lookup.outcome" });
  });
});
