import { demonstrationSubject } from "./data/index.ts";
import type { LookupInput } from "./federation/index.ts";

/** What a district asks before it grades a company for inspection: everything the purpose covers, everywhere. */
export const demonstrationLookup: LookupInput = {
  subject: demonstrationSubject.subject,
  items: [
    "registration",
    "licence",
    "penalty",
    "abnormal-operation",
    "seriously-dishonest",
    "judgment-defaulter",
    "red-list",
    "commitment",
  ],
  purpose: "inspection-grading",
  jurisdictions: "all",
  // Caches are cold at first.
  deadlineMs: 10_000,
};
