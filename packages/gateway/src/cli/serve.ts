import { createLogger } from "@xinqiao/runtime/logging";
import { createGateway, systemDependencies } from "../app.ts";
import { loadConfig } from "../config/index.ts";

/** Runs until SIGTERM or SIGINT; SIGHUP takes a new member list. */
export async function serveGateway(home: string): Promise<undefined> {
  // Log, store and journal hold identifiers: for their owner only, whatever the folder allows.
  process.umask(0o077);
  const config = await loadConfig(home);
  const logger = createLogger({ name: config.node, level: config.logLevel });
  const gateway = await createGateway(config, systemDependencies(logger));
  const failed = (error: unknown) => logger.error({ event: "failed", error: String(error) });
  process.on("SIGHUP", () => void gateway.reloadMembers().catch(failed));
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  await gateway.close();
  return undefined;
}
