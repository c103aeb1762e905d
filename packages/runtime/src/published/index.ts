export { advance, type FollowedKind, type Walk } from "./advance.ts";
export { createFollower, type Follower } from "./follower.ts";
export { gatewayFault, getThrough } from "./get.ts";
export { createHttpOrigin, type GetFromGateway } from "./http-origin.ts";
export { type Following, keepFollowing, newestWithinMs, within } from "./keep-following.ts";
export { readPublishedFile, writePublishedFile } from "./kept-file.ts";
export type { Keep, Origin } from "./port.ts";
