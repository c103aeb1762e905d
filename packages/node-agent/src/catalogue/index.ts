export { type CatalogueFollower, createCatalogueFollower } from "./follower.ts";
