export { type Agreement, agreementSchema, isAgreed } from "./agreement.ts";
export { changesBetween, type MemberChange, type MemberChangeKind, memberChanges } from "./changes.ts";
export {
  countsAt,
  createDirectory,
  type Directory,
  type DirectoryBuilder,
  holdsKey,
  type KnownKey,
} from "./directory.ts";
export { type RegistryDocument, registryDocumentSchema } from "./document.ts";
export { encryptionKeyAt } from "./encryption-key.ts";
export { createFederation, type PeerMembers } from "./federation.ts";
export {
  type EncryptionKey,
  encryptionKeySchema,
  type Member,
  type MemberKey,
  type MemberList,
  memberKeySchema,
  memberListSchema,
  memberSchema,
  originSchema,
  type Quota,
  quotaPeriods,
  quotaSchema,
  type Role,
  roles,
  scopeSchema,
} from "./member.ts";
export { anchorName, isInForce, isNamed, type Peer, peerSchema } from "./peer.ts";
export {
  anchorOf,
  buildOpened,
  openDocument,
  openRegistry,
  type Registry,
  type RegistryAnchor,
  registryHash,
  registryMediaType,
  registryType,
  reopenRegistry,
  signRegistry,
} from "./signed.ts";
export { type RegistryStanding, registryStanding } from "./standing.ts";
export { type HeldRegistry, succeed } from "./succession.ts";
export { suitesOf } from "./suites.ts";
export { openWord, signWord, type Word, type WordKind } from "./word.ts";
