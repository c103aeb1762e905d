import { runServer } from "../cli/index.ts";
import { createLogger } from "../logging/index.ts";
import { type SigningDaemonOptions, startSigningDaemon } from "./daemon.ts";

/** `signer serve`: runs until SIGTERM or SIGINT; SIGHUP reads the key files again. */
export async function serveSigner(
  keyFiles: readonly string[],
  { socket, group = false }: { readonly socket: string; readonly group?: boolean },
): Promise<undefined> {
  process.umask(0o077);
  const logger = createLogger({ name: "signer", level: "info" });
  const options: SigningDaemonOptions = { socket, keyFiles, group };
  await runServer(
    () => startSigningDaemon(options, logger),
    (error) => logger.error({ event: "failed", error: String(error) }),
  );
  return undefined;
}
