export { type DeliveryConfig, deliverySchema, placeOf } from "./config.ts";
export { openPlatform, type PlatformDependencies } from "./create.ts";
export { createTableSql, type Dialect, dialects, fitsDialect } from "./table.ts";
