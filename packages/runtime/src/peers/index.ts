export { followPeers, type Peers, type PeersDependencies } from "./follow-peers.ts";
