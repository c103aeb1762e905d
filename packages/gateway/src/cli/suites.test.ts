import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateJwk, publicOf, type SuiteName, thumbprint } from "@xinqiao/protocol/keys";
import { suitesOf } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRegistryFolder } from "../registry/index.ts";
import { init } from "./init.ts";
import { addMembers, revokeKey } from "./members.ts";
import { beginRollover, finishRollover } from "./registry-key.ts";
import { setSuites } from "./suites.ts";

let folder: string;
let clock: number;
const now = () => clock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-suites-"));
  clock = Date.parse("2026-03-01T00:00:00Z");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function city(suite: SuiteName): Promise<string> {
  const home = join(folder, suite);
  const named = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  await init({ home, ...named, listen: "127.0.0.1:9440", admin: "127.0.0.1:9449", suite }, clock);
  return home;
}

const newest = async (home: string) =>
  (await openRegistryFolder(join(home, "registry"), now).newest()).document;

async function offer(suite: SuiteName, node = "sz-baoan"): Promise<{ file: string; keyId: string }> {
  const file = join(folder, `${node}.json`);
  const jwk = publicOf(generatePrivateJwk(suite));
  const member = testMember({ node, status: "pending", keys: [{ jwk, notBefore: "2026-01-01T00:00:00Z" }] });
  await writeFile(file, JSON.stringify({ member }));
  return { file, keyId: thumbprint(jwk) };
}

describe("what a federation signs with", () => {
  it("is Ed25519 and ES256 without a word of it, and SM2 too when the city begins with that", async () => {
    expect(await newest(await city("ed25519"))).not.toHaveProperty("suites");
    expect((await newest(await city("sm2"))).suites).toEqual(["ed25519", "es256", "sm2"]);
  });

  it("keeps out a member's key and a registry key of another suite: nothing is published or made", async () => {
    const home = await city("ed25519");
    const made = await readdir(join(home, "keys"));
    const { file } = await offer("sm2");
    await expect(addMembers(home, [file], now)).rejects.toThrow(/sz-baoan: key .* suite sm2/);
    await expect(beginRollover(home, "sm2", now)).rejects.toThrow(/does not list the suite sm2/);
    expect((await newest(home)).version).toBe(1);
    expect(await readdir(join(home, "keys"))).toEqual(made);
  });

  it("lets them in once it is said anew, and stays said in every version after it", async () => {
    const home = await city("ed25519");
    await setSuites(home, ["ed25519", "es256", "sm2"], now);
    await addMembers(home, [(await offer("sm2")).file], now);
    await beginRollover(home, "sm2", now);
    await finishRollover(home, now);
    expect(await newest(home)).toMatchObject({
      version: 5,
      suites: ["ed25519", "es256", "sm2"],
      keys: [{ jwk: { crv: "SM2" } }],
    });
  });

  it("loses no suite that a key still counts of, and does once its last key is over", async () => {
    const home = await city("sm2");
    const { file, keyId } = await offer("ed25519");
    await addMembers(home, [file], now);
    await expect(setSuites(home, ["sm2"], now)).rejects.toThrow(/suite ed25519/);
    await revokeKey(home, "sz-baoan", keyId, now);
    clock += 1_000;
    expect(suitesOf(await setSuites(home, ["sm2"], now))).toEqual(["sm2"]);
  });

  it("is no suite that nobody knows", async () => {
    await expect(setSuites(await city("ed25519"), ["rsa"], now)).rejects.toThrow(/suites is not usable/);
  });
});
