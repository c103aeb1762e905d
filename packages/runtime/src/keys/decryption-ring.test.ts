import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thumbprint } from "@xinqiao/protocol/keys";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEncryptionKeyFile, openDecryptionRing } from "./index.ts";

describe("a ring of decryption keys", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-keys-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("takes a key that was made while it is in use, and keeps those it had", async () => {
    const first = join(folder, "encryption.jwk.json");
    const old = thumbprint(await createEncryptionKeyFile(first));
    const ring = await openDecryptionRing([first]);
    await ring.takeNew();
    expect([...ring.keys.keys()]).toEqual([old]);
    const next = thumbprint(
      await createEncryptionKeyFile(join(folder, "encryption-20260301000000000.jwk.json")),
    );
    await ring.takeNew();
    await ring.takeNew();
    expect([...ring.keys.keys()]).toEqual([old, next]);
  });

  it("of a node that nothing is sealed to takes none", async () => {
    const ring = await openDecryptionRing([]);
    await ring.takeNew();
    expect(ring.keys.size).toBe(0);
  });
});
