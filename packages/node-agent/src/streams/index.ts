export { streamsFaults } from "./check.ts";
export {
  followedDatabaseSchema,
  polledServiceSchema,
  type StreamsConfig,
  streamName,
  streamNames,
} from "./config.ts";
export { keepStreams } from "./open.ts";
export type { StreamFault } from "./step.ts";
export type { StreamEvents } from "./taking.ts";
export { triggerSql } from "./trigger-sql.ts";
