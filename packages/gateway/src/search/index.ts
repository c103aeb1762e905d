export { indexedCriteria } from "./indexed-criteria.ts";
export type {
  AlertPlace,
  CountedLines,
  FoundPage,
  IndexedCriteria,
  IndexQuery,
  SearchIndex,
} from "./port.ts";
