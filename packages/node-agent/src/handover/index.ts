export type { HandoverEvents, HandoverFault } from "./events.ts";
export { handedBackFolders, unusablePlaces } from "./places.ts";
export { type WatchOptions, watchFolder } from "./watch.ts";
