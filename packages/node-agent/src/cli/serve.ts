import { runServer } from "@xinqiao/runtime/cli";
import { createLogger } from "@xinqiao/runtime/logging";
import { createAgent, systemDependencies } from "../app/index.ts";
import { loadConfig } from "../config/index.ts";

/** Runs until SIGTERM or SIGINT; SIGHUP takes a new member list. */
export async function serveAgent(home: string): Promise<undefined> {
  // Log, store and journal hold identifiers: for their owner only, whatever the folder allows.
  process.umask(0o077);
  const config = await loadConfig(home);
  const logger = createLogger({ name: config.node, level: config.logLevel });
  await runServer(
    () => createAgent(config, systemDependencies(logger)),
    (error) => logger.error({ event: "failed", error: String(error) }),
  );
  return undefined;
}
