export { type LocalDependencies, localRoutes } from "./local-routes.ts";
export { type PeerDependencies, peerRoutes } from "./peer-routes.ts";
export type { WitnessRouteDependencies } from "./witness-routes.ts";
