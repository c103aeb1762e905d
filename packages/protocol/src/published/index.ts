export {
  type ChainClaims,
  chainClaims,
  type DocumentName,
  type Published,
  publishedHash,
  publishedHashSchema,
  publishedMediaType,
  startsItsChain,
} from "./document.ts";
export { type Link, linkOf } from "./link.ts";
export { type Belief, type DocumentKind, openPublished, signPublished } from "./open.ts";
export { follow, mapVersion, type Succession, versionIn } from "./succession.ts";
