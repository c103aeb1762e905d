import { copyFile, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CommandError } from "@xinqiao/runtime/cli";
import { readConfig } from "@xinqiao/runtime/config";
import { exists } from "@xinqiao/runtime/files";
import Database from "better-sqlite3";
import { archiveOf } from "../archive/index.ts";
import { configFileName, type GatewayConfig, loadConfig } from "../config/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { openPublishedLog, verifyLog } from "../store/sqlite/index.ts";
import { type HeldElsewhere, heldElsewhere, type WitnessLine } from "../witnesses/index.ts";
import { subjectKeysFile } from "./back-up.ts";
import { hashFiles, type Manifest, manifestFile, manifestSchema } from "./manifest.ts";

export interface Restored {
  readonly manifest: Manifest;
  /** Witnesses that did not say what they hold. */
  readonly silent: readonly string[];
  readonly withKeys: boolean;
}

export interface RestoreOptions {
  readonly home: string;
  readonly line: WitnessLine;
  readonly now: () => number;
}

/**
 * Makes a gateway's home from a backup: every file is compared with the manifest, the log recomputed from its entries, and
 * every witness asked for what it holds. A witness that has cosigned more than the backup has, or something else, stops
 * it: what goes on from an older head is another log. Nothing is at `home` before all of it holds.
 */
export async function restore(given: string, options: RestoreOptions): Promise<Restored> {
  const { home } = options;
  if ((await exists(home)) && (await readdir(home)).length > 0) {
    throw new CommandError(`${home} is not empty: restore into a new folder · 目标目录非空，请恢复到新目录`);
  }
  const folder = await newestIn(given);
  const manifest = await checkFiles(folder);
  const staging = `${home}.restoring`;
  await rm(staging, { recursive: true, force: true });
  const config = await unpack(folder, staging);
  const withKeys = await exists(join(folder, "keys"));
  checkLog(config, manifest);
  const silent = await askWitnesses(config, options);
  await rm(home, { recursive: true, force: true });
  await rename(staging, home);
  return { manifest, silent, withKeys };
}

/** A backup itself, or the newest of a folder of them. */
async function newestIn(given: string): Promise<string> {
  if (await exists(join(given, manifestFile))) return given;
  const names = await readdir(given).catch(() => []);
  const newest = names
    .filter((name) => /^\d{8}T\d{6}Z$/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new CommandError(`${given} holds no backup · 未找到备份`);
  return join(given, newest);
}

async function checkFiles(folder: string): Promise<Manifest> {
  const manifest = await readConfig(manifestSchema, join(folder, manifestFile));
  const there = new Map((await hashFiles(folder)).map(({ path, sha256 }) => [path, sha256]));
  const wrong = manifest.files
    .filter(({ path, sha256 }) => there.get(path) !== sha256)
    .map(({ path }) => path);
  for (const { path } of manifest.files) there.delete(path);
  const named = [...wrong, ...there.keys()];
  if (named.length > 0) {
    throw new CommandError(`the backup is not what it was: ${named.join(", ")} · 备份文件与清单不符`);
  }
  return manifest;
}

/** Every part goes where the configuration has it, as long as that is within the home. */
async function unpack(folder: string, home: string): Promise<GatewayConfig> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await copyFile(join(folder, configFileName), join(home, configFileName));
  const config = await loadConfig(home);
  const { log, registry, catalogue, peers, enrolments, acts, alarms, reconciliations } = config;
  const parts = {
    registry,
    catalogue,
    peers,
    enrolments,
    acts,
    alarms,
    "log.db": log,
    "reconciliations.db": reconciliations,
  };
  const keys = Object.values({ ...config }).flatMap((value) => (typeof value === "string" ? [value] : []));
  for (const [name, to] of Object.entries(parts)) await place(join(folder, name), to, home);
  await place(join(folder, "archive"), archiveOf(log), home);
  for (const name of await readdir(join(folder, "keys")).catch(() => [])) {
    const to = keys.find((file) => basename(file) === name) ?? join(home, "keys", name);
    await place(join(folder, "keys", name), to, home);
  }
  putSubjectKeys(join(dirname(folder), subjectKeysFile), log);
  return config;
}

async function place(from: string, to: string, home: string): Promise<void> {
  if (!(await exists(from))) return;
  if (!to.startsWith(`${home}/`)) {
    throw new CommandError(
      `${to} is outside the home: put it there by hand · 配置路径在目标目录之外，请手工恢复`,
    );
  }
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, dereference: true });
}

/** Of subjects erased since, there is none, and what was kept about them stays shut. */
function putSubjectKeys(keys: string, log: string): void {
  const database = new Database(log);
  try {
    database.prepare("ATTACH ? AS kept").run(keys);
    database.exec("INSERT OR IGNORE INTO main.subject_key SELECT * FROM kept.subject_key");
  } finally {
    database.close();
  }
}

function checkLog({ log }: GatewayConfig, manifest: Manifest): void {
  const { findings, size, root } = verifyLog(log, undefined, { beside: false });
  if (findings.length > 0) throw new CommandError(findings.join("\n"));
  if (size !== manifest.log.size || root !== manifest.log.root) {
    throw new CommandError("the backup's log is not the one its manifest names · 备份日志与清单不符");
  }
}

async function askWitnesses(
  config: GatewayConfig,
  { line, now }: RestoreOptions,
): Promise<readonly string[]> {
  const { document } = await openRegistryFolder(config.registry, now).newest();
  const published = openPublishedLog(config.log);
  try {
    const { ahead, silent } = await heldElsewhere(
      document,
      { ...published, size: published.head().size },
      line,
    );
    const [worst] = ahead;
    if (worst !== undefined) throw new CommandError(refusal(worst, published.head()));
    return silent;
  } finally {
    published.close();
  }
}

function refusal(
  { node, kind, size, root }: HeldElsewhere,
  ours: { readonly size: number; readonly root: string },
): string {
  const both = `${node}: ${size} entries, root ${root}\nbackup · 备份: ${ours.size} entries, root ${ours.root}`;
  return kind === "ahead"
    ? `a witness has cosigned more than this backup has: a newer one is needed · 见证方已副署更新的日志，须用更新的备份\n${both}`
    : `a witness has cosigned another log than this backup is · 见证方副署的是另一份日志\n${both}`;
}
