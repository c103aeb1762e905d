import { createGateway, loadConfig, systemDependencies } from "@xinqiao/gateway";
import { runServer } from "@xinqiao/runtime/cli";
import { createLogger } from "@xinqiao/runtime/logging";

/** `xinqiao-gateway serve --home <dir>`, but that it takes every authorisation as given. */
const home = process.argv.at(-1) ?? "";
const config = await loadConfig(home);
const logger = createLogger({ name: config.node, level: config.logLevel });
const { rules, ...system } = systemDependencies(logger);
const ungated = rules.filter(({ name }) => name !== "authorisation-given");
await runServer(
  () => createGateway(config, { ...system, rules: ungated }),
  (error) => logger.error({ event: "failed", error: String(error) }),
);
