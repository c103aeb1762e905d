import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveLog, archiveOf, openAuditLog, openPublishedLog } from "@xinqiao/gateway";
import { checkLog } from "@xinqiao/node-agent/fsck";
import { signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { formatVerifierKey, keyNameSchema, noteKey, noteSigner } from "@xinqiao/protocol/note";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const origin = keyNameSchema.parse("xinqiao/sz");
const jwk = generatePrivateJwk("ed25519");
const key = noteKey("signature", origin, publicOf(jwk));
const size = 1_200;

describe("a check of a log that has an archive", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-fsck-"));
    path = join(folder, "log.db");
    const options = { path, origin, tagKey: randomBytes(32), now: Date.now, minFreeBytes: 0 };
    const log = await openAuditLog(options);
    await Promise.all(
      Array.from({ length: size }, () =>
        log.append({ kind: "gateway.started", exchange: null, actor: null, version: randomUUID() }),
      ),
    );
    const signer = importSigner(jwk);
    if (!signer.ok) throw new Error(signer.error);
    const root = Buffer.from(log.head().root, "base64");
    const note = await signCheckpoint({ origin, size, root }, [noteSigner(key, signer.value)]);
    await log.keepCheckpoint({ size, at: Date.now(), note, cosigners: 0 });
    const published = openPublishedLog(path);
    await archiveLog(Date.now() + 1_000, { folder: archiveOf(path), published, log, keep: 100 });
    expect(published.archived()).toBe(1_024);
    published.close();
    await log.close();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const check = () =>
    checkLog(
      { kind: "database", path },
      { originKeys: [formatVerifierKey(key)], toleranceMs: 1_000, reading: "fields" },
    );

  it("reads what is in the database and what is in files as one log", async () => {
    expect(await check()).toMatchObject({ size, findings: [], checkpoints: 1 });
  });

  it("names what was changed in a file, or is gone", async () => {
    const [part = ""] = await readdir(archiveOf(path));
    const tile = (name: string) => join(archiveOf(path), part, "tile", name);
    const bytes = await readFile(tile("entries/001"));
    bytes.write("gateway.stopped", bytes.indexOf("gateway.started"));
    await writeFile(tile("entries/001"), bytes);
    await rm(tile("0/003"));
    const { findings } = await check();
    expect(findings.map(({ kind, at }) => `${kind} ${at}`)).toEqual([
      "entry-fields entry 256",
      "entry-changed entry 256",
      "tile-missing tile/0/003",
    ]);
  });
});
