export { askStatement, type OpenedStatement } from "./ask.ts";
export { readSavedSearches, type SavedSearches, writeSavedSearches } from "./saved-searches.ts";
