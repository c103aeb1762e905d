export { type HashIndex, openHashIndex } from "./hashes.ts";
export { type IndexOptions, type OpenedSearch, openSearch } from "./open.ts";
export { createQuery } from "./query.ts";
export { createEmpty, openSearchDatabase } from "./schema.ts";
export { type OpenedSearchIndex, openSearchIndex, type SearchOptions } from "./search-thread.ts";
