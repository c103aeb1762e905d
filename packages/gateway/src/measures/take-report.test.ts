import { randomBytes } from "node:crypto";
import { itemCodeSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { type MeasureReport, signMeasureReport, textHash } from "@xinqiao/protocol/measures";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import { testFederation, testNow } from "@xinqiao/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/index.ts";
import type { GivenRecord } from "../screening/index.ts";
import { type KeptReport, takeReport } from "./index.ts";

const { directory, signer } = testFederation();
const [dg, hz, baoan] = ["dg", "hz", "sz-baoan"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
];
const exchange = "00000000-0000-4000-8000-000000000001";
const penalty = itemCodeSchema.parse("penalty");
const subject = { scheme: "uscc", id: "91440300MADEM00032" } as const;
const held = {
  version: 2,
  item: penalty,
  content: null,
  goneVersion: null,
  goneAt: null,
  feed: feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60"),
  subject,
};
const report: MeasureReport = {
  iss: dg,
  iat: testNow / 1000,
  exchange,
  source: baoan,
  record: "penalty:示罚〔2026〕1号",
  version: 1,
  outcome: "applied",
  matter: "2026-0042",
  on: "2026-01-01",
};
const screened: LogEntryDraft = {
  kind: "screening.answered",
  exchange,
  actor: dg,
  purpose: purposeCodeSchema.parse("bid-review"),
  items: [penalty],
  subjects: 2,
  hits: 1,
};
const row = { jurisdiction: jurisdictionSchema.parse("440306"), node: baoan, latencyMs: 1 };
const lookedUp: LogEntryDraft = {
  kind: "lookup.outcome",
  exchange,
  actor: dg,
  intent: 0,
  complete: true,
  rows: [{ ...row, status: "ok" }],
};

const askedAbout = (about: string, items = [penalty]): LogEntryDraft => ({
  kind: "lookup.intent",
  exchange,
  actor: dg,
  purpose: purposeCodeSchema.parse("bid-review"),
  items,
  jurisdictions: [row.jurisdiction],
  targets: [baoan],
  deadlineMs: 1_000,
  private: { subject: about },
});

let log: MemoryAuditLog;
let kept: KeptReport[];
/** What the screening has given. */
let given: Set<string>;
let asked: boolean;
/** When the record that is held was disclosed no more. */
let goneAt: number | null;
let askedMeanwhile: boolean;
let waiting: number;
const nameOf = ({ exchange: by, source, record, version }: GivenRecord) =>
  [by, source, record, version].join();

beforeEach(() => {
  log = createMemoryAuditLog({ origin: "sz/log", now: () => testNow, randomBytes });
  kept = [];
  given = new Set([nameOf(report)]);
  asked = false;
  askedMeanwhile = false;
  goneAt = null;
  waiting = 0;
});

async function take(change: Partial<MeasureReport> = {}, by = dg, from = by) {
  const member = directory.member(from);
  if (member === undefined) throw new Error("no such member");
  const text = await signMeasureReport({ ...report, iss: by, ...change }, signer(by));
  const requestId = "00000000-0000-4000-8000-000000000009";
  const claim = { keyId: from, nonce: requestId, expiresAt: testNow + 1000 };
  const entriesOf = (id: string) => [...log.entries().entries()].filter(([, entry]) => entry.exchange === id);
  const taken = await takeReport(
    { feedback: { report: text }, member, requestId, traceId: "1".repeat(32), claim },
    {
      measures: {
        keepReport: (each) => !askedMeanwhile && kept.push(each) > 0,
        durable: () => Promise.resolve(),
      },
      revocations: { isAsked: () => asked },
      given: { wasGiven: (each) => given.has(nameOf(each)) },
      evidence: (index) => log.evidence(index) ?? "nothing",
      onKept: () => {
        waiting += 1;
      },
      hub: {
        version: (source, record) =>
          source === baoan && record === report.record ? { ...held, goneAt } : undefined,
      },
      entries: {
        of: (id) =>
          entriesOf(id).map(([index, entry]) => ({
            index,
            leaf: "",
            entry,
            opening: () => undefined,
            answer: () => undefined,
          })),
      },
      directory: () => directory,
      log,
      now: () => testNow,
    },
  );
  return { taken, text };
}

async function refusal(...given: Parameters<typeof take>) {
  const { taken } = await take(...given);
  return taken.ok || !("refused" in taken.error) ? undefined : taken.error.refused.code;
}

describe("a report of what was done", () => {
  it.each([
    ["screening", screened, true],
    ["lookup", lookedUp, false],
  ])(
    "about a record that a %s gave is in the log by its hash alone, kept and receipted",
    async (_what, gave, isFollowed) => {
      await log.append(gave);
      const { taken, text } = await take();
      expect(taken).toMatchObject({ ok: true, value: { report: textHash(text), log: { index: 1 } } });
      const entry = log.entries().at(-1);
      expect(entry).toMatchObject({
        kind: "measures.reported",
        actor: dg,
        source: baoan,
        outcome: "applied",
      });
      expect(JSON.stringify(entry)).not.toContain(report.record);
      expect(JSON.stringify(entry)).not.toContain(report.matter);
      expect(kept).toEqual([{ report, text, sha256: textHash(text), isFollowed }]);
      expect(waiting, "whom to ask").toBe(1);
    },
  );

  it("is refused when the exchange was not the member's, or gave no such record", async () => {
    expect(await refusal()).toBe("feedback.not-given");
    await log.append(screened);
    expect(await refusal({}, hz)).toBe("feedback.not-given");
    expect(await refusal({ version: 3 })).toBe("feedback.not-given");
    expect(await refusal({ record: "penalty:other" })).toBe("feedback.not-given");
    expect(await refusal({ source: hz })).toBe("feedback.not-given");
    expect(await refusal({}, hz)).toBe("feedback.not-given");
    expect(await refusal({})).toBeUndefined();
    expect(kept).toHaveLength(1);
  });

  it.each([
    ["a lookup that the source did not answer", { ...lookedUp, rows: [{ ...row, status: "none" }] }],
    ["a lookup of another city's member", { ...lookedUp, requester: hz }],
  ] as readonly [string, LogEntryDraft][])("is refused about %s", async (_what, entry) => {
    await log.append(entry);
    expect(await refusal()).toBe("feedback.not-given");
    expect(kept).toEqual([]);
  });

  it("says the same of a record that is not there as of one that the screening did not give", async () => {
    await log.append(screened);
    given = new Set();
    expect(await refusal(), "it is held").toBe("feedback.not-given");
    expect(await refusal({ record: "penalty:other" }), "it is not").toBe("feedback.not-given");
    expect(kept).toEqual([]);
  });

  it("of a lookup is taken whether the record is there or not, and followed only where the lookup was about it", async () => {
    const own = `${subject.scheme}:${subject.id}`;
    const followed = async (intent: LogEntryDraft, change: Partial<MeasureReport> = {}) => {
      log = createMemoryAuditLog({ origin: "sz/log", now: () => testNow, randomBytes });
      for (const entry of [intent, lookedUp]) await log.append(entry);
      expect(await refusal(change)).toBeUndefined();
      return kept.at(-1)?.isFollowed;
    };
    expect(await followed(askedAbout(own))).toBe(true);
    expect(await followed(askedAbout(own), { record: "penalty:other" })).toBe(false);
    expect(await followed(askedAbout("uscc:91440300MADEM10039"))).toBe(false);
    goneAt = testNow + 1;
    expect(await followed(askedAbout(own)), "it was given, and is gone since").toBe(true);
    goneAt = testNow;
    expect(await followed(askedAbout(own)), "it was gone by then, and nobody hears of it").toBe(false);
    goneAt = null;
    expect(await followed(askedAbout(own, [itemCodeSchema.parse("tax-credit")]))).toBe(false);
  });

  it("is refused once its member is asked to revoke the measure", async () => {
    await log.append(screened);
    asked = true;
    expect(await refusal()).toBe("feedback.already-asked");
    expect(kept).toEqual([]);
  });

  it("is refused when its member was asked while the log took it", async () => {
    await log.append(screened);
    askedMeanwhile = true;
    expect(await refusal()).toBe("feedback.already-asked");
    expect(waiting).toBe(0);
  });

  it("is refused when its day is to come, by more than clocks may differ", async () => {
    await log.append(screened);
    expect(await refusal({ on: "2026-01-03" })).toBe("feedback.report-invalid");
    expect(kept).toEqual([]);
    expect(await refusal({ on: "2026-01-02" })).toBeUndefined();
  });

  it("is refused when another has signed it than the one who sends it", async () => {
    await log.append(screened);
    expect(await refusal({}, dg, hz)).toBe("feedback.report-invalid");
  });
});
