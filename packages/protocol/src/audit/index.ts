export {
  type Criteria,
  type CriterionName,
  criteriaSchema,
  criteriaUsed,
  criterionNames,
  type UseOutcome,
  useOutcomes,
} from "./criteria.ts";
export {
  type FoundLine,
  foundLineSchema,
  type LogHead,
  logHeadSchema,
  type Search,
  type SearchAnswer,
  type SearchPlace,
  searchAnswerSchema,
  searchPage,
  searchPlaceSchema,
  searchSchema,
} from "./search.ts";
