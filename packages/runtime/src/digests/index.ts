export { digestSchema } from "./schema.ts";
export { createDigestIndex, type DigestIndex, ownSource, type SqlDatabase } from "./store.ts";
