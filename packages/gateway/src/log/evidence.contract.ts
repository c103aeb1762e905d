import type { Kept, KeptResponse } from "@xinqiao/protocol/evidence";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import { commitmentOf, type LogEntryDraft, opens } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuditLogHarness, claimOf, intentDraft } from "./audit-log.contract.ts";
import type { AuditLog } from "./audit-log.ts";
import { type Evidence, subjectTags } from "./evidence.ts";

export interface EvidenceHarness extends AuditLogHarness {
  /** Keys the tags of the log that is opened. */
  readonly tagKey: Uint8Array;
  /** What is kept beside an entry; nothing when nothing is. */
  evidence(index: number): Promise<{ readonly kept: Kept; readonly response?: KeptResponse } | undefined>;
}

const subject = "uscc:91440300TEXT000012";
const other = "uscc:91440300TEXT000020";
const hour = 3_600_000;
const request = {
  method: "POST",
  targetUri: "https://sz.example/v1/lookups",
  headers: { "xinqiao-from": "sz-baoan" },
  base: '"@method": POST',
  body: '{"名":"信桥"}',
};
const response = { status: 200, headers: { signature: "xinqiao=:AA==:" }, body: ["{", { answer: 0 }, "}"] };
const answers = [{ jurisdiction: jurisdictionSchema.parse("441900"), jws: "a.signed.answer" }];

const about = (whom: string): LogEntryDraft => ({ ...intentDraft(), private: { subject: whom } });
const lasting = (): Evidence => ({ until: Date.now() + hour, request });

const outcomeOf = (intent: number): LogEntryDraft => ({
  kind: "lookup.outcome",
  exchange: intentDraft().exchange,
  actor: nodeIdSchema.parse("sz-baoan"),
  intent,
  complete: true,
  rows: [],
});

/** What is kept beside entries, and how it goes: every adapter behind the AuditLog port passes this too. */
export function evidenceContract(name: string, makeHarness: () => Promise<EvidenceHarness>): void {
  describe(`evidence contract: ${name}`, () => {
    let harness: EvidenceHarness;
    let log: AuditLog;

    beforeEach(async () => {
      harness = await makeHarness();
      log = await harness.open();
    });

    afterEach(async () => {
      await log.close();
      await harness.dispose();
    });

    const append = async (draft: LogEntryDraft, evidence?: Evidence): Promise<number> => {
      const appended = await log.append(draft, undefined, evidence);
      if (!appended.ok) throw new Error(appended.error.code);
      return appended.value.index;
    };
    const erase = (whom: string, nonce?: string) =>
      log.erase(
        { tag: subjectTags(harness.tagKey)(whom), reason: "consent-withdrawn" },
        nonce === undefined ? undefined : claimOf(nonce),
      );
    const kinds = async () => (await harness.read()).map(({ entry }) => entry.kind);

    it("keeps what opens the commitments with the entry, brought by nobody", async () => {
      const index = await append(about(subject));
      const [written] = await harness.read();
      const [opening] = (await harness.evidence(index))?.kept.openings ?? [];
      if (written === undefined || opening === undefined) throw new Error("nothing is kept");
      const committed = commitmentOf(written.entry, "subject") ?? "";
      expect(opens(committed, { key: Buffer.from(opening.key, "base64"), value: opening.value })).toBe(true);
      expect(opening.value).toBe(subject);
    });

    it("keeps what is brought, and what comes when the entry is durable", async () => {
      const intent = await append(about(subject), lasting());
      const outcome = await append(outcomeOf(intent), { until: Date.now() + hour, subject, answers });
      log.keep(outcome, { response });
      await append({ kind: "gateway.stopped", exchange: null, actor: null });
      expect((await harness.evidence(intent))?.kept.request).toEqual(request);
      expect(await harness.evidence(outcome)).toMatchObject({ kept: { answers }, response });
    });

    it("writes what is to be kept before it closes, though nothing else was written", async () => {
      const index = await append(about(subject), lasting());
      log.keep(index, { response });
      await log.close();
      expect(await harness.evidence(index)).toMatchObject({ response });
      log = await harness.open();
    });

    it("keeps nothing beside an entry that was not written", async () => {
      await log.append(about(subject), claimOf("one"), lasting());
      expect(await log.append(about(subject), claimOf("one"), lasting())).toMatchObject({ ok: false });
      expect(await harness.evidence(1)).toBeUndefined();
    });

    it("keeps nothing beside an entry that has no secrets, unless it is brought", async () => {
      const plain = { kind: "gateway.stopped", exchange: null, actor: null } as const;
      expect(await harness.evidence(await append(plain))).toBeUndefined();
      const brought = await append(plain, lasting());
      expect(await harness.evidence(brought)).toMatchObject({ kept: { openings: [], request } });
    });

    it("erases all of one subject and nothing of another, and the log says how much and why", async () => {
      const intent = await append(about(subject), lasting());
      const outcome = await append(outcomeOf(intent), { until: Date.now() + hour, subject, answers });
      const kept = await append(about(other), lasting());
      const before = log.head();
      expect(await erase(subject)).toMatchObject({ ok: true, value: { index: before.size } });
      expect(await harness.evidence(intent)).toBeUndefined();
      expect(await harness.evidence(outcome)).toBeUndefined();
      expect(await harness.evidence(kept)).toMatchObject({ kept: { request } });
      const erased = (await harness.read()).at(-1)?.entry;
      expect(erased).toMatchObject({ kind: "subject.erased", entries: 2, reason: "consent-withdrawn" });
      expect(log.head().size).toBe(before.size + 1);
    });

    it("gives nothing back to what was erased, and keeps what comes later anew", async () => {
      const index = await append(about(subject), lasting());
      await erase(subject);
      log.keep(index, { response });
      const later = await append(about(subject), lasting());
      expect(await harness.evidence(index)).toBeUndefined();
      expect(await harness.evidence(later)).toMatchObject({ kept: { request } });
      await erase(subject);
      expect((await harness.read()).at(-1)?.entry).toMatchObject({ entries: 1 });
    });

    it("erases once by one claim", async () => {
      expect(await erase(subject, "act")).toMatchObject({ ok: true });
      expect(await erase(subject, "act")).toEqual({ ok: false, error: { code: "signature.replayed" } });
      expect(await kinds()).toEqual(["subject.erased"]);
    });

    it("deletes what is past its time and nothing else, and says how much", async () => {
      const past = await append(about(subject), { until: Date.now() - 1, request });
      log.keep(past, { response });
      const lasts = await append(about(subject), lasting());
      expect(await log.expire()).toEqual({ ok: true, value: 1 });
      expect(await log.expire()).toEqual({ ok: true, value: 0 });
      expect(await harness.evidence(past)).toBeUndefined();
      expect(await harness.evidence(lasts)).toMatchObject({ kept: { request } });
      expect(await kinds()).toEqual(["lookup.intent", "lookup.intent", "evidence.expired"]);
    });

    it("goes on from an erasure after a restart", async () => {
      await append(about(subject), lasting());
      await erase(subject);
      const head = log.head();
      await log.close();
      log = await harness.open();
      // An intent that was open is closed as interrupted.
      expect(log.head().size).toBe(head.size + 1);
    });
  });
}
