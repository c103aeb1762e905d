import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readEntries } from "@xinqiao/gateway";
import { openCheckpoint, verifyCosignatures, witnessOf } from "@xinqiao/protocol/checkpoint";
import { publicOf } from "@xinqiao/protocol/keys";
import { leafHash, verifyConsistency, verifyInclusion } from "@xinqiao/protocol/log";
import { keyNameSchema, noteKey, noteVerifier } from "@xinqiao/protocol/note";
import { parseBundle } from "@xinqiao/protocol/tiles";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type GatewayProcess,
  type PreparedAgent,
  prepareAgent,
  type RunningAgent,
  startGatewayProcess,
} from "../constellation/index.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const often = { timeout: 30_000, interval: 200 };

describe("the log of a city, watched by its members", () => {
  let prepared: PreparedAgent[];
  let gateway: GatewayProcess;
  const running = new Map<PreparedAgent, RunningAgent>();

  beforeEach(async () => {
    prepared = await Promise.all([
      prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" }),
      prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" }),
    ]);
    gateway = await startGatewayProcess(
      prepared.map(({ party }) => party),
      { config: { witnesses: { everySeconds: 1, quorum: 2 } } },
    );
    for (const agent of prepared) await start(agent);
  });

  afterEach(async () => {
    for (const agent of running.values()) await agent.close();
    running.clear();
    await gateway.close();
  });

  const members = () => [gateway.city, ...prepared.map(({ party }) => party)].map(({ member }) => member);

  async function start(agent: PreparedAgent): Promise<void> {
    running.set(
      agent,
      await agent.start(members(), { origin: gateway.origin, registryKeyId: gateway.registryKeyId }),
    );
  }

  async function get(path: string): Promise<Buffer> {
    const reply = await request(`${gateway.origin}${path}`);
    const bytes = Buffer.from(await reply.body.arrayBuffer());
    if (reply.statusCode !== 200) throw new Error(`${reply.statusCode} for ${path}`);
    return bytes;
  }

  const json = async (path: string) => JSON.parse((await get(path)).toString());

  async function newest() {
    const origin = keyNameSchema.parse("xinqiao/sz");
    const verifier = noteVerifier(noteKey("signature", origin, publicOf(gateway.logJwk)));
    const opened = openCheckpoint(await get("/log/checkpoint"), origin, [verifier]);
    if (!opened.ok) throw new Error(opened.error.reason);
    const { checkpoint, note } = opened.value;
    const witnesses = members().flatMap(({ node, keys }) => keys.map((key) => witnessOf(node, key)));
    const cosigned = verifyCosignatures(note, witnesses);
    if (!cosigned.ok) throw new Error(cosigned.error.reason);
    return { ...checkpoint, cosigners: cosigned.value.map(({ member }) => member).sort() };
  }

  const cosigned = () =>
    vi.waitFor(async () => {
      const checkpoint = await newest();
      expect(checkpoint.cosigners).toEqual(["sz-baoan", "sz-longgang"]);
      return checkpoint;
    }, often);

  it("is signed, cosigned by each of them, and can be checked from its tiles alone", async () => {
    const { size, root } = await cosigned();
    const leaves = parseBundle(await get(`/log/tile/entries/000.p/${size}`), size);
    if (!leaves.ok) throw new Error(leaves.error.reason);
    const hashes = leaves.value.map(leafHash);
    expect(await get(`/log/tile/0/000.p/${size}`)).toEqual(Buffer.concat(hashes));
    for (const [index, hash] of hashes.entries()) {
      const { proof } = await json(`/log/proof?index=${index}&size=${size}`);
      const path = proof.map((each: string) => Buffer.from(each, "base64"));
      expect(verifyInclusion({ index, size, leafHash: hash, root, proof: path })).toBe(true);
    }
    await gateway.kill("SIGTERM");
    await gateway.start();
    const later = await vi.waitFor(async () => {
      const checkpoint = await newest();
      expect(checkpoint.size).toBeGreaterThan(size);
      return checkpoint;
    }, often);
    const { proof } = await json(`/log/consistency?old=${size}&size=${later.size}`);
    const path = proof.map((each: string) => Buffer.from(each, "base64"));
    expect(
      verifyConsistency({
        oldSize: size,
        newSize: later.size,
        oldRoot: root,
        newRoot: later.root,
        proof: path,
      }),
    ).toBe(true);
    const report = await (await request(`${gateway.adminOrigin}/witnesses`)).body.json();
    expect(report).toMatchObject({ quorum: 2, witnesses: [{ node: "sz-baoan" }, { node: "sz-longgang" }] });
  });

  it("is not gone on with when it was put back to an older state: nothing is served, and both heads are kept", async () => {
    await cosigned();
    await gateway.kill("SIGTERM");
    await copyFile(gateway.logFile, `${gateway.logFile}.before`);
    await gateway.start();
    const { size } = await cosigned();
    await vi.waitFor(async () => expect((await newest()).size).toBe(size), often);
    await gateway.kill("SIGTERM");
    await copyFile(`${gateway.logFile}.before`, gateway.logFile);
    await expect(gateway.start()).rejects.toThrow("ended with");
    const alarms = join(gateway.home, "alarms");
    const [name = ""] = await readdir(alarms);
    const alarm = JSON.parse(await readFile(join(alarms, name), "utf8"));
    expect(alarm).toMatchObject({ finding: "ahead", held: expect.stringContaining("xinqiao/sz\n") });
    expect(readEntries(gateway.logFile), "nothing was written to it").toHaveLength(
      readEntries(`${gateway.logFile}.before`).length,
    );
  });

  it("that went on from an older state while nobody looked is found out by whoever looks again", async () => {
    await cosigned();
    await gateway.kill("SIGTERM");
    await copyFile(gateway.logFile, `${gateway.logFile}.before`);
    await gateway.start();
    await cosigned();
    await gateway.kill("SIGTERM");
    const [first] = prepared;
    for (const agent of running.values()) await agent.agent.close();
    running.clear();
    await copyFile(`${gateway.logFile}.before`, gateway.logFile);
    // Twice, so that it has as many entries as before, and others.
    await gateway.start();
    await gateway.kill("SIGTERM");
    await gateway.start();
    if (first === undefined) throw new Error("no agent");
    await start(first);
    const alarms = await vi.waitFor(() => {
      const found = running.get(first)?.lines.filter((line) => line.includes("log-alarm")) ?? [];
      expect(found.length).toBeGreaterThan(0);
      return found;
    }, often);
    expect(JSON.parse(alarms[0] ?? "")).toMatchObject({
      held: expect.stringContaining("xinqiao/sz\n"),
      offered: expect.stringContaining("xinqiao/sz\n"),
    });
    const evidence = await (await request(`${first.origin}/v1/witness/evidence`)).body.json();
    expect(evidence).toHaveLength(alarms.length);
    await vi.waitFor(() => {
      const kinds = readEntries(gateway.logFile).map(({ kind }) => kind);
      expect(kinds).toContain("witness.alarm");
    }, often);
  });
});
