export { openPeerFolder, type PeerFolder } from "./folder.ts";
export { followPeerCities, type PeerDependencies } from "./follow.ts";
