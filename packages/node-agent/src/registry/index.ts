export { createRegistryFollower, type RegistryFollower } from "./follower.ts";
