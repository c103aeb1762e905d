import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeSchema, feedIdSchema, lineHash } from "@xinqiao/protocol/sync";
import { testNow, testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstReport, keptReport, measuresContract } from "../../measures/measures.contract.ts";
import { noScore } from "../../scorecard/index.ts";
import { type OpenedHub, openHub } from "./index.ts";

const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");

describe("measures in the hub's file", () => {
  let folder: string;
  let hub: OpenedHub;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-measures-"));
    hub = openHub(join(folder, "sharing.db"));
  });

  afterEach(() => {
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  measuresContract(() => hub);

  /** The source tells one version of the record. */
  function tell(version: number, state: string): void {
    const record = testRecord({ id: firstReport.record, version, state });
    const change = changeSchema.parse({ seq: version, salt: "A".repeat(22), record });
    const line = JSON.stringify(change);
    hub.take({
      source: firstReport.source,
      page: { feed, from: version, last: version, hash: lineHash(line), complete: true },
      head: line,
      changes: [{ change, line }],
      refused: [],
      first: new Set(),
      letters: [],
      at: testNow,
      score: { ...noScore, month: "2026-01" },
      holders: () => [],
      dueOn: () => "2026-01-02",
    });
  }

  it("says of how many that were applied the record was repaired since", () => {
    const overtaken = () => hub.measureCounts().map((count) => count.overtaken);
    const others = { exchange: "00000000-0000-4000-8000-000000000002", outcome: "not-applied" } as const;
    tell(1, "current");
    hub.keepReport(keptReport({}));
    hub.keepReport(keptReport(others));
    expect(overtaken()).toEqual([0]);
    tell(2, "repaired");
    expect(overtaken()).toEqual([1]);
  });
});
