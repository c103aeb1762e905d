export { createDirectory, type Directory, type KnownKey } from "./directory.ts";
export { type RegistryDocument, registryDocumentSchema } from "./document.ts";
export {
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
  openRegistry,
  type Registry,
  type RegistryAnchor,
  registryHash,
  registryMediaType,
  registryType,
  signRegistry,
} from "./signed.ts";
export { type RegistryStanding, registryStanding } from "./standing.ts";
export { anchorOf, type Succession, succeed } from "./succession.ts";
