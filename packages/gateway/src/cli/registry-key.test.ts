import { copyFile, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Registry, succeed } from "@xinqiao/protocol/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRegistryFolder } from "../registry/index.ts";
import { init } from "./init.ts";
import { beginRollover, finishRollover, registryKey, renew } from "./registry-key.ts";

let home: string;
let clock: number;
const now = () => clock;

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-rollover-")), "sz");
  clock = Date.parse("2026-03-01T00:00:00Z");
  await init(
    {
      home,
      node: "sz",
      nameZh: "示例市",
      nameEn: "Example City",
      division: "440300",
      listen: "127.0.0.1:9440",
      admin: "127.0.0.1:9449",
      suite: "ed25519",
    },
    clock,
  );
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

const newest = () => openRegistryFolder(join(home, "registry"), now).newest();

/** A member that pinned the first key and now takes every version that was published. */
async function follow(pin: string): Promise<Registry | undefined> {
  const folder = openRegistryFolder(join(home, "registry"), now);
  const { document } = await folder.newest();
  const pinned = { city: document.iss, keyIds: new Set([pin]) };
  let held: Registry | undefined;
  for (let version = 1; version <= document.version; version += 1) {
    const succession = succeed(held, (await folder.text(version)) ?? "", pinned, clock);
    if (!succession.ok) throw new Error(succession.error.code);
    if (succession.value.kind === "next") held = succession.value.next;
  }
  return held;
}

describe("replacing the registry's key", () => {
  it("takes two versions, and a member that pinned the old key follows both", async () => {
    const old = await registryKey(home);
    await beginRollover(home, "es256", now);
    expect((await newest()).document.keys).toHaveLength(2);
    await finishRollover(home, now);
    const renewed = await registryKey(home);
    expect(renewed).not.toBe(old);
    await renew(home, now);
    expect((await follow(old))?.document).toMatchObject({ version: 4, keys: [{ jwk: { crv: "P-256" } }] });
  });

  it("can be taken up again wherever it broke off", async () => {
    await expect(finishRollover(home, now)).rejects.toThrow(/no replacement was begun/);
    const old = await registryKey(home);
    await beginRollover(home, "ed25519", now);
    await expect(beginRollover(home, "ed25519", now)).rejects.toThrow(/listed already/);
    await finishRollover(home, now);
    // As if it had broken off between publishing and taking the new key's file for the old one's.
    const keys = join(home, "keys");
    const file = join(keys, "registry.jwk.json");
    await rename(file, `${file}.next`);
    await copyFile(`${file}.retired-3`, file);
    await expect(renew(home, now), "the old key signs nothing any more").rejects.toThrow(
      /members would refuse/,
    );
    expect((await newest()).document.version).toBe(3);
    await finishRollover(home, now);
    expect((await newest()).document.version).toBe(3);
    await renew(home, now);
    expect((await follow(old))?.document.version).toBe(4);
    expect((await readdir(keys)).sort()).toEqual([
      "log-tag.key",
      "log.jwk.json",
      "registry.jwk.json",
      "registry.jwk.json.retired-3",
      "signing.jwk.json",
    ]);
  });

  it("renews before the end, for as long again", async () => {
    const before = (await newest()).document.exp;
    clock += 80 * 86_400_000;
    expect((await renew(home, now)).exp - before).toBe(80 * 86_400);
  });
});
