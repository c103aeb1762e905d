export { createDirectory, type Directory, type KnownKey } from "./directory.ts";
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
