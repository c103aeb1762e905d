export { createRegistryFollower, type RegistryFollower } from "./follower.ts";
export { createHttpOrigin, type GetFromGateway } from "./http-origin.ts";
export { type Following, keepFollowing } from "./keep-following.ts";
export type { KeepRegistry, RegistryOrigin } from "./port.ts";
