import { triggerSql } from "../trigger-sql.ts";
import type { Platform } from "./platform.ts";

/** The triggers that the product prints, for the test's table. */
export const testTriggers = (dialect: Platform["dialect"]) =>
  triggerSql({ table: "penalty", key: "id", changes: { by: "triggers" } }, dialect);
