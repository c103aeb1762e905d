import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Server } from "../cli/index.ts";
import { ConfigError } from "../config/index.ts";
import { type Serving, serve } from "../http/index.ts";
import { type LocalKey, readKeyFile } from "../keys/index.ts";
import type { Logger } from "../logging/index.ts";
import { signingApp } from "./app.ts";
import { freeSocket } from "./socket.ts";

export interface SigningDaemonOptions {
  readonly socket: string;
  readonly keyFiles: readonly string[];
  /** Lets the socket's group in too, so that the daemon and its callers may be different users. */
  readonly group: boolean;
}

const requestTimeoutMs = 5_000;
const graceMs = 2_000;

/** Holds keys and signs with them over a socket of this machine, until closed. `reload` reads the files again. */
export async function startSigningDaemon(options: SigningDaemonOptions, logger: Logger): Promise<Server> {
  const { socket, keyFiles, group } = options;
  let keys = await readKeys(keyFiles);
  const app = signingApp({
    keys: () => keys,
    bodyTimeoutMs: requestTimeoutMs,
    onRefused: (rv) => logger.warn({ event: "refused", rv }),
    onError: (error) => logger.error({ event: "failed", error: String(error) }),
  });
  await mkdir(dirname(socket), { recursive: true, mode: group ? 0o750 : 0o700 });
  await freeSocket(socket);
  const serving = await listen(app, socket);
  // Until here nobody but its owner could connect: that takes the right to write, which no umask in use gives.
  await chmod(socket, group ? 0o660 : 0o600);
  logger.info({ event: "started", socket, keys: [...keys.keys()] });
  return {
    async reload() {
      keys = await readKeys(keyFiles);
      logger.info({ event: "keys", keys: [...keys.keys()] });
    },
    close: () => serving.close(graceMs),
  };
}

function listen(app: ReturnType<typeof signingApp>, path: string): Promise<Serving> {
  return serve(app, { address: { path }, hop: "signer", maxHeaderBytes: 8_192, requestTimeoutMs }).catch(
    (error: unknown) => {
      throw new ConfigError(path, [error instanceof Error ? error.message : String(error)]);
    },
  );
}

async function readKeys(files: readonly string[]): Promise<ReadonlyMap<string, LocalKey>> {
  const keys = await Promise.all(files.map(readKeyFile));
  return new Map(keys.map((key) => [key.signer.keyId, key]));
}
