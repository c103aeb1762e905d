import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thumbprint } from "@xinqiao/protocol/keys";
import { parseVerifierKey } from "@xinqiao/protocol/note";
import { openKeyRing } from "@xinqiao/runtime/keys";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { init } from "./init.ts";
import { logKey, rotateLogKey } from "./log-key.ts";

const clock = Date.parse("2026-03-01T00:00:00Z");
const now = () => clock;
let home: string;

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-log-key-")), "sz");
  const city = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  await init({ home, ...city, listen: "127.0.0.1:9440", admin: "127.0.0.1:9449", suite: "ed25519" }, clock);
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

const listed = async () =>
  (await openRegistryFolder(join(home, "registry"), now).newest()).document.log ?? [];

describe("the log's own key", () => {
  it("is listed in the first version of the registry, and pinned as others' tools take it", async () => {
    const text = await logKey(home);
    expect(text).toMatch(/^xinqiao\/sz\+[0-9a-f]{8}\+/);
    const key = parseVerifierKey(text);
    expect(key.ok && (await listed()).map(({ jwk }) => thumbprint(jwk))).toEqual([
      key.ok && thumbprint(key.value.jwk),
    ]);
  });

  it("is followed by another once that counts, and stays listed for what it has signed", async () => {
    const before = await listed();
    await rotateLogKey({ home, suite: "es256", leadSeconds: 300 }, now);
    const after = await listed();
    expect(after).toHaveLength(2);
    expect(after[0]?.notBefore).toBe("2026-03-01T00:05:00.000Z");
    expect(after[1]).toMatchObject({ jwk: before[0]?.jwk, notAfter: "2026-03-01T00:15:00.000Z" });
    await expect(rotateLogKey({ home, suite: "es256", leadSeconds: 300 }, now)).rejects.toThrow(/already/);
    const { logKey: location } = await loadConfig(home);
    const ring = await openKeyRing(location);
    expect(await ring.follow(() => false)).toBeUndefined();
    expect(
      await ring.follow((keyId) => keyId === thumbprint(after[0]?.jwk ?? before[0]?.jwk ?? nobody)),
    ).toBe(ring.signer.keyId);
    expect((await readdir(join(home, "keys"))).filter((name) => name.startsWith("log.jwk"))).toHaveLength(2);
  });
});

const nobody = { kty: "OKP", crv: "Ed25519", x: "" } as const;
