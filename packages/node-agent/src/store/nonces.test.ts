import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { createNonces } from "./nonces.ts";

let folder: string;
let database: ReturnType<typeof openDatabase>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-nonces-"));
  database = openDatabase(join(folder, "store.db"));
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

it("claims a nonce once a key", () => {
  const { claimNonce } = createNonces(database);
  expect(claimNonce("key-1", "nonce", 1_000)).toBe(true);
  expect(claimNonce("key-1", "nonce", 9_000)).toBe(false);
  expect(claimNonce("key-2", "nonce", 1_000)).toBe(true);
});

it("is of one mind with another process at the same file", () => {
  const other = openDatabase(join(folder, "store.db"));
  expect(createNonces(database).claimNonce("key", "nonce", 1_000)).toBe(true);
  expect(createNonces(other).claimNonce("key", "nonce", 1_000)).toBe(false);
  other.close();
});

it("forgets nonces long expired from time to time, and keeps those of the last hour", () => {
  const { claimNonce } = createNonces(database);
  const count = () => database.prepare<[], { n: number }>("SELECT count(*) AS n FROM nonce").get()?.n;
  const hour = 3_600_000;
  for (let n = 0; n < 20; n += 1) claimNonce("key", `old-${n}`, n);
  expect(claimNonce("key", "young", hour)).toBe(true);
  expect(count()).toBe(21);
  for (let n = 0; n < 64; n += 1) expect(claimNonce("key", `new-${n}`, 2 * hour)).toBe(true);
  expect(count()).toBe(1 + 64);
  expect(claimNonce("key", "young", 2 * hour)).toBe(false);
  expect(claimNonce("key", "old-0", 2 * hour)).toBe(true);
});
