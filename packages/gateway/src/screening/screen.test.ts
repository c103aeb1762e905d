import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexCatalogue } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { federationRules } from "@xinqiao/protocol/policy";
import { screeningSchema } from "@xinqiao/protocol/screening";
import { changeSchema, feedIdSchema, lineHash } from "@xinqiao/protocol/sync";
import { testFederation, testItem, testNow, testPurpose, testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/index.ts";
import { noScore } from "../scorecard/index.ts";
import { type OpenedHub, openHub } from "../store/sqlite/index.ts";
import { screen } from "./index.ts";

const { directory } = testFederation();
const [dg, baoan] = ["dg", "sz-baoan"].map((node) => nodeIdSchema.parse(node));
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const exchange = "00000000-0000-4000-8000-000000000001";
const { subject, id: record } = testRecord();

describe("what is corrected while it is screened", () => {
  let folder: string;
  let hub: OpenedHub;
  let log: MemoryAuditLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-screening-"));
    hub = openHub(join(folder, "sharing.db"));
    log = createMemoryAuditLog({ origin: "sz/log", now: () => testNow, randomBytes });
    tell({ version: 1 });
  });

  afterEach(() => {
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function tell(change: {
    readonly version: number;
    readonly state?: string;
    readonly annotation?: string;
  }): void {
    const { version: seq } = change;
    if (baoan === undefined) throw new Error("no such member");
    const line = changeSchema.parse({ seq, salt: "A".repeat(22), record: testRecord(change) });
    const text = JSON.stringify(line);
    hub.take({
      source: baoan,
      page: { feed, from: seq, last: seq, hash: lineHash(text), complete: true },
      head: text,
      changes: [{ change: line, line: text }],
      refused: [],
      first: new Set(),
      letters: [],
      at: testNow,
      score: { ...noScore, month: "2026-01" },
      holders: () => [],
      today: "2026-01-01",
      dueOn: () => "2026-01-02",
    });
  }

  interface Meanwhile {
    readonly logging?: () => void;
    readonly writing?: () => void;
  }

  async function screened({ logging, writing }: Meanwhile, purpose: object = {}) {
    const member = dg && directory.member(dg);
    if (member === undefined) throw new Error("no such member");
    const catalogue = indexCatalogue({ classes: [], items: [testItem()], purposes: [testPurpose(purpose)] });
    const screening = screeningSchema.parse({ purpose: "approval", subjects: [subject] });
    const claim = { keyId: "k", nonce: randomBytes(16).toString("hex"), expiresAt: testNow + 1_000 };
    let isWritten = false;
    const done = await screen(
      { screening, member, requestId: exchange, traceId: "1".repeat(32), claim },
      {
        told: hub,
        given: hub.given,
        async durable() {
          if (!isWritten) writing?.();
          isWritten = true;
          await hub.durable();
        },
        directory: () => directory,
        catalogue: () => catalogue,
        rules: federationRules,
        identifierExceptions: new Set(),
        standing: () => "current",
        log: {
          origin: log.origin,
          append(...entry) {
            logging?.();
            return log.append(...entry);
          },
        },
        now: () => testNow,
        today: () => "2026-03-01",
      },
    );
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    return done.value.hits.map((hit) => hit.records.map(({ version }) => version));
  }

  const wasGiven = (version: number) =>
    baoan !== undefined && hub.given.wasGiven({ exchange, source: baoan, record, version });

  it("is a hit as it was found, when nothing comes between", async () => {
    expect(await screened({})).toEqual([[1]]);
    expect(wasGiven(1)).toBe(true);
  });

  it.each([["logging"], ["writing"]] as const)("is no hit when it was repaired while %s", async (when) => {
    expect(await screened({ [when]: () => tell({ version: 2, state: "repaired" }) })).toEqual([]);
  });

  it.each([["logging"], ["writing"]] as const)(
    "is a hit as it is now when it was corrected while %s, and may be reported about as that",
    async (when) => {
      expect(await screened({ [when]: () => tell({ version: 2 }) })).toEqual([[2]]);
      expect(wasGiven(2)).toBe(true);
    },
  );

  it.each([
    ["nothing comes between", {}, [[]]],
    ["it was withdrawn meanwhile", { logging: () => tell({ version: 2, state: "withdrawn" }) }, []],
  ])("is looked at again where only yes or no is answered: %s", async (_what, meanwhile, hits) => {
    expect(await screened(meanwhile, { answers: "yes-no" })).toEqual(hits);
  });
});
