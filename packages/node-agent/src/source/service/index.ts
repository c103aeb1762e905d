export { authSchema, type ServiceSourceConfig, serviceSourceSchema } from "./config.ts";
export { createServiceSource } from "./service-source.ts";
