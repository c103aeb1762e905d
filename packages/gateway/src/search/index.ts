export { indexedCriteria } from "./indexed-criteria.ts";
export type { FoundPage, IndexedCriteria, IndexQuery, SearchIndex } from "./port.ts";
export { type AuditError, type SearchLogDependencies, searchLog } from "./search-log.ts";
export { subjectTag } from "./tag.ts";
