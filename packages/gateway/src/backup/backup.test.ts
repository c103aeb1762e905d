import { randomBytes } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { keyNameSchema, noteKey, noteSigner } from "@xinqiao/protocol/note";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveLog, archiveOf } from "../archive/index.ts";
import { init } from "../cli/init.ts";
import { addMembers } from "../cli/members.ts";
import { loadConfig, readTagKey } from "../config/index.ts";
import { intentDraft } from "../log/audit-log.contract.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { openAuditLog, openPublishedLog, readEntries, verifyLog } from "../store/sqlite/index.ts";
import type { WitnessLine } from "../witnesses/index.ts";
import { backUp, restore } from "./index.ts";

const origin = keyNameSchema.parse("xinqiao/sz");
const now = () => Date.now();

describe("a gateway's backup", () => {
  let folder: string;
  let home: string;
  let root: string;
  let target: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-backup-"));
    [home, root, target] = [join(folder, "sz"), join(folder, "backups"), join(folder, "restored")];
    const names = { nameZh: "示例市", nameEn: "Example City" };
    const listen = { listen: "127.0.0.1:9440", admin: "127.0.0.1:9449" };
    await init({ home, node: "sz", division: "440300", suite: "ed25519", ...names, ...listen }, now());
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function openLog(at = now) {
    const config = await loadConfig(home);
    const tagKey = await readTagKey(config.logTagKey);
    return openAuditLog({ path: config.log, origin, tagKey, now: at, minFreeBytes: 0, randomBytes });
  }

  type Log = Awaited<ReturnType<typeof openLog>>;
  const append = (log: Log, count: number) =>
    Promise.all(Array.from({ length: count }, () => log.append(intentDraft())));

  /** Its head as its own key signs it. */
  async function sign(log: Log): Promise<string> {
    const { size, root: head } = log.head();
    const jwk = JSON.parse(await readFile(join(home, "keys", "log.jwk.json"), "utf8"));
    const signer = importSigner(jwk);
    if (!signer.ok) throw new Error(signer.error);
    const { document } = await openRegistryFolder((await loadConfig(home)).registry, now).newest();
    const [listed] = document.log ?? [];
    if (listed === undefined) throw new Error("no log key");
    const key = noteKey("signature", origin, listed.jwk);
    return signCheckpoint({ origin, size, root: Buffer.from(head, "base64") }, [
      noteSigner(key, signer.value),
    ]);
  }

  async function publish(log: Log): Promise<string> {
    const note = await sign(log);
    await log.keepCheckpoint({ size: log.head().size, at: now(), note, cosigners: 1 });
    return note;
  }

  const witness = (held: WitnessLine["held"]): WitnessLine => ({
    addCheckpoint: async () => err(fault("node.unreachable")),
    held,
  });
  const knowsNothing = witness(async () => ok(undefined));

  async function admitWitness(): Promise<void> {
    const file = join(folder, "member.json");
    const member = {
      node: "sz-baoan",
      name: { zh: "示例区", en: "Example District" },
      role: "district",
      division: "440306",
      endpoint: "http://127.0.0.1:1",
      keys: [{ jwk: publicOf(generatePrivateJwk("ed25519")), notBefore: "2026-01-01T00:00:00Z" }],
      scope: { items: "all", purposes: "all" },
      status: "active",
    };
    await writeFile(file, JSON.stringify({ member }));
    await addMembers(home, [file], now);
  }

  async function filesOf(place: string): Promise<Buffer> {
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
  }

  it("is made while the log is written to, verifies, and comes back whole in another place", async () => {
    const log = await openLog();
    await append(log, 600);
    await publish(log);
    const published = openPublishedLog((await loadConfig(home)).log);
    const archived = { folder: archiveOf((await loadConfig(home)).log), published, log, keep: 256 };
    await archiveLog(now() + 1_000, archived);
    published.close();
    const writing = append(log, 300);
    const { folder: made, manifest } = await backUp(root, await loadConfig(home), { home, now: now() });
    await writing;
    expect(manifest.log).toMatchObject({ archived: 256 });
    const { silent, withKeys } = await restore(root, { home: target, line: knowsNothing, now });
    expect({ silent, withKeys }).toEqual({ silent: [], withKeys: false });
    const config = await loadConfig(target);
    const { size } = manifest.log;
    expect(verifyLog(config.log)).toMatchObject({ size, root: manifest.log.root, findings: [], erased: 0 });
    expect(readEntries(config.log)).toEqual(readEntries((await loadConfig(home)).log).slice(0, size));
    expect(await readFile(join(made, "checkpoint"), "utf8")).toContain("xinqiao/sz\n600\n");
    expect(await readdir(join(target, "registry"))).toEqual(await readdir(join(home, "registry")));
    await log.close();
  });

  it("has no private key and no subject's key in any byte of it, unless private keys were asked for", async () => {
    const log = await openLog();
    await append(log, 10);
    const config = await loadConfig(home);
    const database = new Database(config.log, { readonly: true });
    const keys = database.prepare<[], Buffer>("SELECT key FROM subject_key").pluck().all();
    database.close();
    expect(keys.length).toBeGreaterThan(0);
    const { folder: made } = await backUp(root, config, { home, now: now() });
    const bytes = await filesOf(made);
    const secret = JSON.parse(await readFile(join(home, "keys", "log.jwk.json"), "utf8")).d;
    for (const key of keys) expect(bytes.includes(key)).toBe(false);
    expect(bytes.includes(secret)).toBe(false);
    const apart = await readFile(join(root, "subject-keys.db"));
    for (const key of keys) expect(apart.includes(key), "the control").toBe(true);
    const whole = await backUp(root, config, { home, now: now() + 1_000, withKeys: true });
    expect((await filesOf(whole.folder)).includes(secret)).toBe(true);
    await log.close();
  });

  it("with any file changed, missing or added is not restored, and the file is named", async () => {
    const log = await openLog();
    await append(log, 10);
    await log.close();
    const { folder: made } = await backUp(root, await loadConfig(home), { home, now: now() });
    await appendFile(join(made, "gateway.json"), " ");
    await rm(join(made, "log.db"));
    await writeFile(join(made, "more"), "");
    const restoring = restore(made, { home: target, line: knowsNothing, now });
    await expect(restoring).rejects.toThrow(/gateway\.json, log\.db, more/);
    await expect(readdir(target)).rejects.toThrow("ENOENT");
  });

  it("that a witness has cosigned more than is refused, with both heads named", async () => {
    await admitWitness();
    const log = await openLog();
    await append(log, 10);
    await publish(log);
    await backUp(root, await loadConfig(home), { home, now: now() });
    const same = await sign(log);
    const older = log.head();
    await append(log, 10);
    const newer = await sign(log);
    await log.close();
    const restoring = (line: WitnessLine) => restore(root, { home: target, line, now });
    const refused = restoring(witness(async () => ok(newer)));
    await expect(refused).rejects.toThrow(/sz-baoan: 20 entries, root .*\n.*10 entries/);
    await expect(refused).rejects.toThrow(older.root);
    await expect(readdir(target)).rejects.toThrow("ENOENT");
    const { silent } = await restoring(witness(async () => ok(same)));
    expect(silent).toEqual([]);
    const deaf = await restore(root, {
      home: `${target}-2`,
      line: witness(async () => err(fault("node.timeout"))),
      now,
    });
    expect(deaf.silent).toEqual(["sz-baoan"]);
  });

  it("does not go where something is", async () => {
    await mkdir(target);
    await writeFile(join(target, "log.db"), "");
    await expect(restore(root, { home: target, line: knowsNothing, now })).rejects.toThrow("目标目录非空");
  });
});
