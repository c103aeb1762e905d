export { type AdminDependencies, adminApp } from "./admin-app.ts";
export type { SharingRouteDependencies } from "./changes.ts";
export type { EnrolmentRouteDependencies } from "./enrolments.ts";
export type { MemberRouteDependencies } from "./member-route.ts";
export { type PublicDependencies, publicApp } from "./public-app.ts";
