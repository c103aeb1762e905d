import { copyFile, readdir, readFile, rm } from "node:fs/promises";
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

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const isWhole = (name: string) => !name.endsWith(".draft");
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

  /** With what the database has not taken over from its journal yet. */
  const parts = ["", "-wal", "-shm"];

  async function save(name: string): Promise<void> {
    for (const part of parts) {
      await copyFile(`${gateway.logFile}${part}`, `${gateway.logFile}.${name}${part}`).catch(() => {});
    }
  }

  async function putBack(name: string): Promise<void> {
    for (const part of parts) {
      await rm(`${gateway.logFile}${part}`, { force: true });
      await copyFile(`${gateway.logFile}.${name}${part}`, `${gateway.logFile}${part}`).catch(() => {});
    }
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

  /** The newest that both have cosigned, of more entries than so many. */
  const cosigned = (beyond = 0) =>
    vi.waitFor(async () => {
      const checkpoint = await newest();
      expect(checkpoint.size).toBeGreaterThan(beyond);
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
    await save("before");
    const entries = readEntries(gateway.logFile).length;
    await gateway.start();
    await cosigned(entries);
    await gateway.kill("SIGTERM");
    await putBack("before");
    await expect(gateway.start()).rejects.toThrow("ended with");
    const alarms = join(gateway.home, "alarms");
    const [name = ""] = await readdir(alarms);
    const alarm = JSON.parse(await readFile(join(alarms, name), "utf8"));
    expect(alarm).toMatchObject({ finding: "ahead", held: expect.stringContaining("xinqiao/sz\n") });
    expect(readEntries(gateway.logFile), "nothing was written to it").toHaveLength(entries);
  });

  it("that goes on from an older state while nobody looks is found out by whoever looks again, and stops", async () => {
    await cosigned();
    await gateway.kill("SIGTERM");
    await save("before");
    await gateway.start();
    await cosigned(readEntries(`${gateway.logFile}.before`).length);
    await gateway.kill("SIGTERM");
    await save("whole");
    const [first] = prepared;
    if (first === undefined) throw new Error("no agent");
    for (const agent of running.values()) await agent.agent.close();
    running.clear();
    await putBack("before");
    // Twice, so that it has as many entries as before, and others.
    await gateway.start();
    await gateway.kill("SIGTERM");
    await gateway.start();
    const signed = (await newest()).size;
    expect(signed, "nobody was there to say that this is the log: nothing is signed").toBeLessThan(
      readEntries(gateway.logFile).length,
    );
    await start(first);
    const ready = async () => (await request(`${gateway.adminOrigin}/readyz`)).body.json();
    await vi.waitFor(async () => expect(await ready()).toMatchObject({ code: "log.forked" }), often);
    const size = readEntries(gateway.logFile).length;
    // It says so before the file is there under its name.
    const named = async () => (await readdir(join(gateway.home, "alarms"))).filter(isWhole);
    await vi.waitFor(async () => expect(await named()).toHaveLength(1), often);
    const [name = ""] = await named();
    expect(JSON.parse(await readFile(join(gateway.home, "alarms", name), "utf8"))).toMatchObject({
      witness: "sz-baoan",
      held: expect.stringContaining("xinqiao/sz\n"),
      ours: expect.stringContaining("xinqiao/sz\n"),
    });
    await gateway.kill("SIGTERM");
    expect(readEntries(gateway.logFile), "not even that it stops").toHaveLength(size);
    await putBack("whole");
    await gateway.start();
    const alarm = () => readEntries(gateway.logFile).filter(({ kind }) => kind === "witness.alarm");
    await vi.waitFor(() => expect(alarm()).toMatchObject([{ witness: "sz-baoan" }]), often);
  });
});
