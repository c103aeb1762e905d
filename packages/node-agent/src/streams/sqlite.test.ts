import { describeTable } from "./table.contract.ts";
import { sqlitePlatform } from "./testing/platform.ts";

describeTable("a SQLite table", sqlitePlatform);
