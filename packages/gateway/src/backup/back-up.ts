import { copyFile, cp, link, mkdir, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { exists } from "@xinqiao/runtime/files";
import { archivedFiles, archiveOf } from "../archive/index.ts";
import { configFileName, type GatewayConfig } from "../config/index.ts";
import { openPublishedLog } from "../store/sqlite/index.ts";
import { writeWhole } from "../tile-files/index.ts";
import { copyDatabase } from "./copy-database.ts";
import { hashFiles, type Manifest, manifestFile } from "./manifest.ts";

/** Beside the backups, the newest only: an erased subject's key is in no old backup. */
export const subjectKeysFile = "subject-keys.db";
const subjectKeys = "subject_key";

export interface BackupOptions {
  readonly home: string;
  readonly now: number;
  /** The private keys too: whoever has the backup then is the gateway. */
  readonly withKeys?: boolean;
}

/** Backs a gateway up, running or not, into a folder of its own under `root`. @returns that folder, and what it holds */
export async function backUp(
  root: string,
  config: GatewayConfig,
  { home, now, withKeys = false }: BackupOptions,
): Promise<{ readonly folder: string; readonly manifest: Manifest }> {
  const at = new Date(now).toISOString();
  const folder = join(root, at.replaceAll(/[-:]/g, "").replace(/\.\d+/, ""));
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const log = join(draft, "log.db");
  copyDatabase(config.log, log, (table) => table !== subjectKeys);
  await keepSubjectKeys(root, config.log);
  if (await exists(config.reconciliations)) {
    copyDatabase(config.reconciliations, join(draft, "reconciliations.db"), () => true);
  }
  if (await exists(config.sharing)) copyDatabase(config.sharing, join(draft, "sharing.db"), () => true);
  await copyFolders(draft, config, home);
  if (withKeys) await copyKeys(draft, config);
  const head = await keepLogFiles(root, draft, config.log);
  const manifest: Manifest = { v: 1, at, node: config.node, log: head, files: await hashFiles(draft) };
  await writeWhole(join(draft, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(draft, folder);
  return { folder, manifest };
}

async function keepSubjectKeys(root: string, log: string): Promise<void> {
  const next = join(root, `${subjectKeysFile}.next`);
  await rm(next, { force: true });
  copyDatabase(log, next, (table) => table === subjectKeys);
  await rename(next, join(root, subjectKeysFile));
}

async function copyFolders(draft: string, config: GatewayConfig, home: string): Promise<void> {
  const { registry, catalogue, peers, enrolments, acts, alarms } = config;
  for (const [name, from] of Object.entries({ registry, catalogue, peers, enrolments, acts, alarms })) {
    if (await exists(from)) await cp(from, join(draft, name), { recursive: true });
  }
  await copyFile(join(home, configFileName), join(draft, configFileName));
}

/** Those that lie in files; what a signing daemon holds is not ours to copy. */
async function copyKeys(
  draft: string,
  { signingKey, logKey, registryKey, logTagKey }: GatewayConfig,
): Promise<void> {
  const folder = join(draft, "keys");
  await mkdir(folder, { mode: 0o700 });
  const files = [signingKey, logKey, registryKey].filter((key) => typeof key === "string");
  for (const file of [...files, logTagKey]) {
    if (await exists(file)) await copyFile(file, join(folder, basename(file)));
  }
}

/** The newest checkpoint by itself, and what the copied log reads from the archive: linked where that can be. */
async function keepLogFiles(root: string, draft: string, log: string): Promise<Manifest["log"]> {
  const archive = join(root, "archive");
  await mkdir(archive, { recursive: true });
  await symlink(join("..", "archive"), join(draft, "archive"));
  const published = openPublishedLog(join(draft, "log.db"));
  try {
    const { size, root: head } = published.head();
    const archived = published.archived();
    for (const file of archivedFiles(archived))
      await linkOrCopy(join(archiveOf(log), file), join(archive, file));
    const newest = published.newest();
    if (newest !== undefined) await writeWhole(join(draft, "checkpoint"), newest.note);
    return { size, root: head, archived };
  } finally {
    published.close();
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  if (await exists(to)) return;
  await mkdir(dirname(to), { recursive: true });
  // Another disk takes no link.
  await link(from, to).catch(() => copyFile(from, to));
}
