import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { testRecord } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import { createHubDisputes } from "./sharing-disputes.ts";
import { openSharingFile } from "./sharing-file.ts";
import { statementsOf } from "./testing/plans.ts";

it("are listed anew after a page of a record in dispute, and not after any other", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-disputes-"));
  const path = join(folder, "sharing.db");
  const made = openSharingFile(path);
  made.exec(`INSERT INTO raised_case (id, kind, source, record, raised_by, opened_at, position)
    VALUES ('1', 'objection', 'dg', 'penalty:1', 'hz', 0, 1)`);
  made.close();
  const isListedAfter = (source: string, id: string) => {
    const statements = statementsOf(path, (database) => {
      const { disputed, took } = createHubDisputes(database);
      disputed();
      const change = { seq: 1, salt: "s", record: testRecord({ id }) };
      took({ source: nodeIdSchema.parse(source), changes: [{ change, line: "l" }] });
      disputed();
    });
    return statements.filter((sql) => sql.includes("JOIN change")).length === 2;
  };
  expect(isListedAfter("dg", "penalty:1")).toBe(true);
  expect(isListedAfter("dg", "penalty:2")).toBe(false);
  expect(isListedAfter("hz", "penalty:1")).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});
