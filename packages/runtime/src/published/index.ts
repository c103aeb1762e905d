export { advance, type FollowedKind, type Walk } from "./advance.ts";
export { readPublishedFile, writePublishedFile } from "./kept-file.ts";
