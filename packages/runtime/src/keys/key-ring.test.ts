import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thumbprint } from "@xinqiao/protocol/keys";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyFile, nextKeyFile, openKeyRing, readPublicKey } from "./index.ts";

describe("a key ring", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-keys-"));
    file = join(folder, "signing.jwk.json");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("signs with the key it has until the next one counts, then with that one, also after a restart", async () => {
    const old = thumbprint(await createKeyFile(file, "ed25519"));
    const keys = await openKeyRing(file);
    expect(await keys.follow(() => true)).toBeUndefined();
    const next = thumbprint(await createKeyFile(nextKeyFile(file), "es256"));
    expect(await keys.follow((keyId) => keyId !== next)).toBeUndefined();
    expect(keys.signer).toMatchObject({ keyId: old, suite: { name: "ed25519" } });
    expect(await keys.follow((keyId) => keyId === next)).toBe(next);
    expect(keys.signer).toMatchObject({ keyId: next, suite: { name: "es256" } });
    expect((await openKeyRing(file)).signer.keyId).toBe(next);
  });

  it("keeps the old key's file", async () => {
    const old = await createKeyFile(file, "ed25519");
    const keys = await openKeyRing(file);
    await createKeyFile(nextKeyFile(file), "ed25519");
    await keys.follow(() => true);
    const retired = (await readdir(folder)).find((name) => name.includes("retired")) ?? "";
    expect(await readPublicKey(join(folder, retired))).toEqual(old);
  });
});
