export { type AdminDependencies, adminApp } from "./admin-app.ts";
export type { EnrolmentRouteDependencies } from "./enrolments.ts";
export type { LookupRouteDependencies } from "./lookups.ts";
export { publicApp } from "./public-app.ts";
