export { createDirectory, type Directory, type KnownKey } from "./directory.ts";
export { type RegistryDocument, registryDocumentSchema, registryHashSchema } from "./document.ts";
export { encryptionKeyAt } from "./encryption-key.ts";
export {
  type EncryptionKey,
  encryptionKeySchema,
  type Member,
  type MemberKey,
  type MemberList,
  memberKeySchema,
  memberListSchema,
  memberSchema,
  type Role,
  roles,
} from "./member.ts";
export {
  anchorOf,
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
export { type Succession, succeed } from "./succession.ts";
