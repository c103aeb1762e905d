import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { keyNameSchema, noteKey, noteSigner } from "@xinqiao/protocol/note";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GatewayConfig, loadConfig, readTagKey } from "../config/index.ts";
import { intentDraft } from "../log/audit-log.contract.ts";
import { openAuditLog } from "../store/sqlite/index.ts";
import { init } from "./init.ts";
import { archive } from "./log-archive.ts";

/** More than the newest 4 096, which always stay. */
const size = 4_096 + 256;
const atOnce = 256;
let home: string;
let config: GatewayConfig;

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-log-archive-")), "sz");
  const named = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  const addresses = { listen: "127.0.0.1:9440", admin: "127.0.0.1:9449" };
  await init({ home, ...named, ...addresses, suite: "ed25519" }, Date.parse("2026-01-01T00:00:00Z"));
  config = await loadConfig(home);
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

/** All of it written at one instant, under a checkpoint. */
async function writtenAt(at: number): Promise<void> {
  const tagKey = await readTagKey(config.logTagKey);
  const origin = keyNameSchema.parse("xinqiao/sz");
  const log = await openAuditLog({
    ...{ path: config.log, origin, tagKey, randomBytes, now: () => at, minFreeBytes: 0 },
  });
  const jwk = generatePrivateJwk("ed25519");
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  for (let left = size; left > 0; left -= atOnce)
    await Promise.all(Array.from({ length: atOnce }, () => log.append(intentDraft())));
  const key = noteKey("signature", origin, publicOf(jwk));
  const root = Buffer.from(log.head().root, "base64");
  const note = await signCheckpoint({ origin, size, root }, [noteSigner(key, signer.value)]);
  await log.keepCheckpoint({ size, at, note, cosigners: 0 });
  await log.close();
}

describe("a bare day", () => {
  it("begins at midnight in Beijing", async () => {
    await writtenAt(Date.parse("2026-03-01T01:00:00+08:00"));
    expect(await archive("2026-03-01", home)).toContain("已归档: 0 entries");
    expect(await archive("2026-03-02", home)).toContain("已归档: 256 entries");
  });

  it("that there is none of is refused", async () => {
    await expect(archive("2026-13-01", home)).rejects.toThrow("日期格式如 2026-03-01");
  });
});
