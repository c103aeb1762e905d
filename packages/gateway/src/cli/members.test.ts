import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptionJwkOf, generateDecryptionJwk } from "@xinqiao/protocol/encryption";
import { generatePrivateJwk, publicOf, thumbprint } from "@xinqiao/protocol/keys";
import type { Member } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRegistryFolder } from "../registry/index.ts";
import { init } from "./init.ts";
import {
  addMembers,
  describeMember,
  removeQuota,
  revokeAllKeys,
  revokeKey,
  setQuota,
  setStatus,
} from "./members.ts";

let folder: string;
let home: string;
let clock: number;
const now = () => clock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-members-"));
  home = join(folder, "sz");
  clock = Date.parse("2026-03-01T00:00:00Z");
  const named = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  await init({ home, ...named, listen: "127.0.0.1:9440", admin: "127.0.0.1:9449", suite: "ed25519" }, clock);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const newKey = () => ({ jwk: publicOf(generatePrivateJwk("ed25519")), notBefore: "2026-01-01T00:00:00Z" });

const newEncryptionKey = () => ({
  jwk: encryptionJwkOf(generateDecryptionJwk()),
  notBefore: "2026-01-01T00:00:00Z",
});

async function offer(change: object = {}): Promise<string> {
  const file = join(folder, "offer.json");
  await writeFile(file, JSON.stringify({ member: testMember({ status: "pending", ...change }) }));
  return file;
}

async function listed(node: string): Promise<Member | undefined> {
  const { document } = await openRegistryFolder(join(home, "registry"), now).newest();
  return document.members.find((member) => member.node === node);
}

describe("members", () => {
  it("are admitted active, beside those there are", async () => {
    const { version } = await addMembers(home, [await offer({ keys: [newKey()] })], now);
    expect(version).toBe(2);
    expect(await listed("sz-baoan")).toMatchObject({ status: "active" });
    expect(await listed("sz")).toMatchObject({ role: "city" });
  });

  it("that offer a new key keep the old one for what it has signed", async () => {
    const [before, after] = [newKey(), newKey()];
    await addMembers(home, [await offer({ keys: [before] })], now);
    clock += 86_400_000;
    await addMembers(home, [await offer({ keys: [after] })], now);
    expect((await listed("sz-baoan"))?.keys).toEqual([
      after,
      { ...before, notAfter: "2026-03-02T00:00:00.000Z" },
    ]);
  });

  it("that offer an encryption key have it listed, and the one it replaces retired", async () => {
    const keys = [newKey()];
    const [before, after] = [newEncryptionKey(), newEncryptionKey()];
    await addMembers(home, [await offer({ keys, encryptionKeys: [before] })], now);
    expect(await listed("sz-baoan")).toMatchObject({ encryptionKeys: [before] });
    clock += 86_400_000;
    await addMembers(home, [await offer({ keys, encryptionKeys: [after] })], now);
    const retired = { ...before, notAfter: "2026-03-02T00:00:00.000Z" };
    expect(await listed("sz-baoan")).toMatchObject({ keys, encryptionKeys: [after, retired] });
    await revokeKey(home, "sz-baoan", thumbprint(after.jwk), now);
    const revoked = { ...after, notAfter: "2026-03-02T00:00:00.000Z" };
    expect(await listed("sz-baoan")).toMatchObject({ keys, encryptionKeys: [revoked, retired] });
  });

  it("are shown with both kinds of keys, for the operator to compare", async () => {
    const [signing, encryption] = [newKey(), newEncryptionKey()];
    const member = testMember({ keys: [signing], encryptionKeys: [encryption] });
    expect(describeMember(member)).toContain(`\t${thumbprint(signing.jwk)} from `);
    expect(describeMember(member)).toContain(`\tencryption ${thumbprint(encryption.jwk)} from `);
  });

  it("are not admitted with an encryption key off the curve: nothing is published", async () => {
    const zero = "A".repeat(43);
    const jwk = { kty: "EC", crv: "P-256", x: zero, y: zero };
    const encryptionKeys = [{ jwk, notBefore: "2026-01-01T00:00:00Z" }];
    const file = await offer({ keys: [newKey()], encryptionKeys });
    await expect(addMembers(home, [file], now)).rejects.toThrow(/not usable/);
    expect(await listed("sz-baoan")).toBeUndefined();
  });

  it("are suspended, come back and leave", async () => {
    await addMembers(home, [await offer({ keys: [newKey()] })], now);
    for (const status of ["suspended", "active", "left"] as const) {
      await setStatus(home, "sz-baoan", status, now);
      expect((await listed("sz-baoan"))?.status).toBe(status);
    }
    await expect(setStatus(home, "nobody", "left", now)).rejects.toThrow(/not a member/);
  });

  it("get back neither a revoked key nor their standing by sending their file again", async () => {
    const key = newKey();
    const file = await offer({ keys: [key] });
    await addMembers(home, [file], now);
    await revokeKey(home, "sz-baoan", thumbprint(key.jwk), now);
    await setStatus(home, "sz-baoan", "suspended", now);
    clock += 86_400_000;
    await addMembers(home, [file], now);
    expect(await listed("sz-baoan")).toMatchObject({
      status: "suspended",
      keys: [{ notAfter: "2026-03-01T00:00:00.000Z" }],
    });
  });

  it("get a quota, another one in its place, and none again; sending their file again changes none", async () => {
    const file = await offer({ keys: [newKey()] });
    await addMembers(home, [file], now);
    const set = (lookups: number, per = "day", purpose = "bid-review") =>
      setQuota(home, "sz-baoan", { purpose, lookups, per }, now);
    await set(100);
    await set(10, "hour");
    await set(50);
    const both = [
      { purpose: "bid-review", lookups: 10, per: "hour" },
      { purpose: "bid-review", lookups: 50, per: "day" },
    ];
    expect((await listed("sz-baoan"))?.scope.quotas).toEqual(both);
    await addMembers(home, [file], now);
    expect((await listed("sz-baoan"))?.scope.quotas).toEqual(both);
    await removeQuota(home, "sz-baoan", "bid-review", now);
    expect((await listed("sz-baoan"))?.scope).toEqual({ items: "all", purposes: "all" });
    await expect(set(1, "day", "curiosity")).rejects.toThrow(/no purpose/);
    await expect(set(1, "week")).rejects.toThrow(/per/);
    await expect(removeQuota(home, "sz-baoan", "bid-review", now)).rejects.toThrow(/no quota/);
  });

  it("lose all keys at once, and say when each ended", async () => {
    const encryptionKeys = [newEncryptionKey()];
    await addMembers(home, [await offer({ keys: [newKey(), newKey()], encryptionKeys })], now);
    await revokeAllKeys(home, "sz-baoan", now);
    const member = await listed("sz-baoan");
    const keys = [...(member?.keys ?? []), ...(member?.encryptionKeys ?? [])];
    expect(keys.map(({ notAfter }) => notAfter)).toEqual(Array(3).fill("2026-03-01T00:00:00.000Z"));
    expect(member && describeMember(member)).toContain("– 2026-03-01T00:00:00.000Z");
  });

  it("lose a key from one moment to the next, and no other", async () => {
    const [lost, kept] = [newKey(), newKey()];
    await addMembers(home, [await offer({ keys: [lost, kept] })], now);
    await revokeKey(home, "sz-baoan", thumbprint(lost.jwk), now);
    expect((await listed("sz-baoan"))?.keys).toEqual([
      { ...lost, notAfter: "2026-03-01T00:00:00.000Z" },
      kept,
    ]);
    await expect(revokeKey(home, "sz-baoan", "A".repeat(43), now)).rejects.toThrow(/has no key/);
  });

  it("are not admitted with a key or a place that is another's: nothing is published", async () => {
    const key = newKey();
    await addMembers(home, [await offer({ keys: [key] })], now);
    await expect(addMembers(home, [await offer({ node: "sz-longgang", keys: [key] })], now)).rejects.toThrow(
      /is listed for/,
    );
    expect((await openRegistryFolder(join(home, "registry"), now).newest()).document.version).toBe(2);
  });
});
