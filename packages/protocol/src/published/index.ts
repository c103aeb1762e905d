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
export { type Belief, type DocumentKind, openPublished, signPublished } from "./open.ts";
export { type Link, linkOf, parsePayload } from "./payload.ts";
export { follow, type Succession } from "./succession.ts";
