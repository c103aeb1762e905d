export {
  type AskRanges,
  type Compared,
  compareBooks,
  type Difference,
  mostDifferences,
} from "./compare.ts";
export {
  type DigestEntry,
  type DigestGroup,
  digestEntrySchema,
  digestGroupSchema,
  groupName,
  recordContent,
  recordKey,
} from "./entry.ts";
export {
  type CopiesCompared,
  type CopiesReport,
  copiesComparedSchema,
  copiesReportedSchema,
  copiesReportSchema,
  type Digests,
  type DigestsRequest,
  digestsRequestSchema,
  digestsSchema,
  mostCompared,
  mostRanges,
  type RangePlace,
} from "./message.ts";
export {
  type DigestBook,
  emptyRange,
  type Range,
  type RangeDigest,
  rangeOf,
  rangeWithin,
  undivided,
} from "./range.ts";
