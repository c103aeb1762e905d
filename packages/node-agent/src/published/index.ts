export { createFollower, type Follower } from "./follower.ts";
export { createHttpOrigin, type GetFromGateway } from "./http-origin.ts";
export { type Following, keepFollowing } from "./keep-following.ts";
export type { Keep, Origin } from "./port.ts";
