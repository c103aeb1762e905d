import { describe } from "vitest";
import { describeColumn } from "./column.contract.ts";
import { describeCompare } from "./compare.contract.ts";
import { tableTest } from "./table-test.contract.ts";
import type { Platform } from "./testing/platform.ts";
import { describeTriggers } from "./triggers.contract.ts";

/** What following a platform's table keeps to, whatever the database. */
export function describeTable(name: string, open: () => Promise<Platform>): void {
  describe(name, () => {
    const test = tableTest(open);
    describeColumn(test);
    describeTriggers(test);
    describeCompare(test);
  });
}
