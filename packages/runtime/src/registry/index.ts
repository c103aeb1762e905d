export { createRegistryFollower, type RegistryFollower } from "./follower.ts";
export { readRegistryFile, writeRegistryFile } from "./kept-file.ts";
export { succeed } from "./succeed.ts";
