import { randomUUID } from "node:crypto";
import { itemCodeSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import {
  appendLeaf,
  emptyFrontier,
  type LogEntry,
  type LogEntryDraft,
  leafHash,
  rootOf,
} from "@xinqiao/protocol/log";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditLog, NonceClaim } from "./audit-log.ts";

/** What a store brings so that the suite can be run on it. */
export interface AuditLogHarness {
  open(): Promise<AuditLog>;
  /** Everything written, oldest first: the leaf's text and the entry read from it. */
  read(): Promise<readonly { readonly leaf: string; readonly entry: LogEntry }[]>;
  dispose(): Promise<void>;
}

const actor = nodeIdSchema.parse("sz-baoan");

export function intentDraft(
  exchange: string = randomUUID(),
  items = [itemCodeSchema.parse("penalty")],
): LogEntryDraft {
  return {
    kind: "lookup.intent",
    exchange,
    actor,
    purpose: purposeCodeSchema.parse("bid-review"),
    items,
    jurisdictions: [jurisdictionSchema.parse("441900")],
    targets: [nodeIdSchema.parse("dg")],
    deadlineMs: 1_000,
    private: { subject: "uscc:91440300TEXT000012" },
  };
}

export function claimOf(nonce: string, expiresAt = Date.now() + 60_000): NonceClaim {
  return { keyId: "key", nonce, expiresAt };
}

/** Every adapter behind the AuditLog port passes this suite. */
export function auditLogContract(name: string, makeHarness: () => Promise<AuditLogHarness>): void {
  describe(`audit log contract: ${name}`, () => {
    let harness: AuditLogHarness;
    let log: AuditLog;

    beforeEach(async () => {
      harness = await makeHarness();
      log = await harness.open();
    });

    afterEach(async () => {
      await log.close();
      await harness.dispose();
    });

    it("refuses an entry that no bundle of entries has room for, and spends nothing on it", async () => {
      const draft = intentDraft();
      const items = Array.from({ length: 2_000 }, (_, at) =>
        itemCodeSchema.parse(`item-${"x".repeat(30)}-${at}`),
      );
      const claim = claimOf("one");
      const refused = await log.append(intentDraft(undefined, items), claim);
      expect(refused).toEqual({ ok: false, error: { code: "log.entry-too-long" } });
      expect(await log.append(draft, claim)).toMatchObject({ ok: true, value: { index: 0 } });
    });

    it("takes an exchange's id once from a key, and writes nothing for the second", async () => {
      const exchange = randomUUID();
      expect(await log.append(intentDraft(exchange), claimOf("first"))).toMatchObject({ ok: true });
      expect(await log.append(intentDraft(exchange), claimOf("second"))).toEqual({
        ok: false,
        error: { code: "request.id-reused" },
      });
      expect(await log.append(intentDraft(exchange.toUpperCase()), claimOf("upper"))).toMatchObject({
        error: { code: "request.id-reused" },
      });
      const other = { ...claimOf("third"), keyId: "another key" };
      expect(await log.append(intentDraft(exchange), other)).toMatchObject({ ok: true });
      expect(await harness.read()).toHaveLength(2);
    });

    it("gives concurrent appends the indexes of their order, without a gap", async () => {
      const drafts = Array.from({ length: 200 }, () => intentDraft());
      const appended = await Promise.all(drafts.map((draft) => log.append(draft)));
      expect(appended.map((result) => result.ok && result.value.index)).toEqual(
        drafts.map((_, index) => index),
      );
      const entries = await harness.read();
      expect(entries.map(({ entry }) => entry.exchange)).toEqual(drafts.map(({ exchange }) => exchange));
    });

    it("answers with the root of exactly the entries up to its size", async () => {
      for (let round = 0; round < 5; round += 1) {
        const appended = await Promise.all([
          log.append(intentDraft()),
          log.append(intentDraft()),
          log.append(intentDraft()),
        ]);
        const last = appended.at(-1);
        if (!last?.ok) throw new Error("not appended");
        let frontier = emptyFrontier;
        const leaves = (await harness.read()).slice(0, last.value.size);
        for (const { leaf } of leaves) frontier = appendLeaf(frontier, leafHash(Buffer.from(leaf))).frontier;
        expect(rootOf(frontier).toString("base64")).toBe(last.value.root);
        expect(log.head()).toEqual({ size: last.value.size, root: last.value.root });
      }
    });

    it("spends a nonce once: a second entry with it is not written, in the same commit or later", async () => {
      const results = await Promise.all([
        log.append(intentDraft(), claimOf("one")),
        log.append(intentDraft(), claimOf("one")),
        log.append(intentDraft(), claimOf("two")),
      ]);
      expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual([
        "ok",
        "signature.replayed",
        "ok",
      ]);
      expect(await log.append(intentDraft(), claimOf("one"))).toEqual({
        ok: false,
        error: { code: "signature.replayed" },
      });
      expect(await harness.read()).toHaveLength(2);
    });

    it("takes one nonce from two keys: a nonce is its key's own", async () => {
      expect((await log.append(intentDraft(), claimOf("one"))).ok).toBe(true);
      expect((await log.append(intentDraft(), { ...claimOf("one"), keyId: "other" })).ok).toBe(true);
    });

    it("remembers nonces and entries across a restart", async () => {
      await log.append(
        { kind: "gateway.started", exchange: null, actor: null, version: "1" },
        claimOf("one"),
      );
      const before = log.head();
      await log.close();
      log = await harness.open();
      expect(log.head()).toEqual(before);
      expect(await log.append(intentDraft(), claimOf("one"))).toMatchObject({ ok: false });
      expect(await log.append(intentDraft())).toMatchObject({ ok: true, value: { index: before.size } });
      expect((await harness.read()).map(({ entry }) => entry.kind)).toEqual([
        "gateway.started",
        "lookup.intent",
      ]);
    });

    it("writes what a simple model writes, for any batches and any nonces", async () => {
      const nonce = fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined });
      const batches = fc.array(fc.array(nonce, { maxLength: 8 }), { maxLength: 5 });
      let run = 0;
      let size = 0;
      const model = (spent: Set<string>, claimed: string | undefined): number | "signature.replayed" => {
        if (claimed !== undefined && spent.has(claimed)) return "signature.replayed";
        if (claimed !== undefined) spent.add(claimed);
        size += 1;
        return size - 1;
      };
      await fc.assert(
        fc.asyncProperty(batches, async (sequence) => {
          run += 1;
          const spent = new Set<string>();
          for (const batch of sequence) {
            const results = await Promise.all(
              batch.map((name) =>
                log.append(intentDraft(), name === undefined ? undefined : claimOf(`${run}/${name}`)),
              ),
            );
            expect(results.map((result) => (result.ok ? result.value.index : result.error.code))).toEqual(
              batch.map((name) => model(spent, name)),
            );
          }
        }),
        { numRuns: 30 },
      );
      const leaves = (await harness.read()).map(({ leaf }) => leafHash(Buffer.from(leaf)));
      const { frontier } = leaves.reduce((tree, leaf) => appendLeaf(tree.frontier, leaf), {
        frontier: emptyFrontier,
      });
      expect(log.head()).toEqual({ size, root: rootOf(frontier).toString("base64") });
    });

    it("closes an intent without an outcome as interrupted when it is opened again, and only once", async () => {
      const exchange = randomUUID();
      const intent = await log.append(intentDraft(exchange));
      const finished = await log.append(intentDraft());
      if (!intent.ok || !finished.ok) throw new Error("not appended");
      await log.append({
        kind: "lookup.outcome",
        exchange: randomUUID(),
        actor,
        intent: finished.value.index,
        complete: true,
        rows: [],
      });
      for (let restart = 0; restart < 2; restart += 1) {
        await log.close();
        log = await harness.open();
      }
      const interrupted = (await harness.read()).filter(({ entry }) => entry.kind === "exchange.interrupted");
      expect(interrupted.map(({ entry }) => entry)).toMatchObject([{ exchange, intent: intent.value.index }]);
    });

    it("keeps private values out of the leaf and commits to them", async () => {
      await log.append(intentDraft());
      const [first] = await harness.read();
      expect(first?.leaf).not.toContain("91440300TEXT000012");
      expect(first?.entry.commitments?.subject).toMatch(/^[A-Za-z0-9_-]{43}$/);
    });

    it("commits to one value differently each time: equal subjects cannot be told from the log", async () => {
      await Promise.all([log.append(intentDraft()), log.append(intentDraft())]);
      const [first, second] = await harness.read();
      expect(first?.entry.commitments?.subject).not.toBe(second?.entry.commitments?.subject);
    });

    it("refuses after it was closed", async () => {
      await log.close();
      expect(await log.append(intentDraft())).toMatchObject({
        ok: false,
        error: { code: "log.unavailable" },
      });
      log = await harness.open();
    });
  });
}
