export { authSchema, baseUrlSchema, type ServiceSourceConfig, serviceSourceSchema } from "./config.ts";
export { createPlatformClient, type PlatformClient } from "./platform-client.ts";
export { rowsOf, valueAt } from "./reply.ts";
export { createServiceSource } from "./service-source.ts";
