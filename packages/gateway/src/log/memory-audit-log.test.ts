import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auditLogContract, claimOf, intentDraft } from "./audit-log.contract.ts";
import { type ClaimsHarness, claimsContract } from "./claims.contract.ts";
import { type EvidenceHarness, evidenceContract } from "./evidence.contract.ts";
import {
  createMemoryAuditLog,
  emptyLogState,
  type MemoryAuditLog,
  type MemoryLogState,
} from "./memory-audit-log.ts";

const tagKey = randomBytes(32);

const openOn = (state: MemoryLogState, now: () => number = Date.now): MemoryAuditLog =>
  createMemoryAuditLog({ origin: "sz", now, randomBytes, tagKey, state });

const harness = async (): Promise<ClaimsHarness & EvidenceHarness> => {
  const state = emptyLogState();
  let log: MemoryAuditLog;
  return {
    tagKey,
    async open() {
      log = openOn(state);
      return log;
    },
    withdrawals: async () => log.withdrawals,
    evidence: async (index) => state.beside.get(index),
    async read() {
      const entries = openOn({ ...state, written: [...state.written] }).entries();
      return state.written.flatMap(({ leaf }, index) => {
        const entry = entries[index];
        return entry === undefined ? [] : [{ leaf, entry }];
      });
    },
    dispose: async () => undefined,
  };
};

auditLogContract("memory", harness);
claimsContract("memory", harness);
evidenceContract("memory", harness);

describe("audit log in memory", () => {
  it("fails on demand, spending no nonce, and says so", async () => {
    const log = openOn(emptyLogState());
    log.fail("log.full");
    expect(log.health()).toEqual({ ok: false, code: "log.full" });
    expect(await log.append(intentDraft(), claimOf("one"))).toEqual({
      ok: false,
      error: { code: "log.full" },
    });
    log.fail();
    expect(log.health()).toEqual({ ok: true });
    expect(await log.append(intentDraft(), claimOf("one"))).toMatchObject({ ok: true, value: { index: 0 } });
  });

  it("forgets a nonce only after it has expired", async () => {
    let now = 1_000;
    const log = openOn(emptyLogState(), () => now);
    await log.append(intentDraft(), claimOf("one", 1_100));
    now = 1_100;
    expect(await log.append(intentDraft(), claimOf("one", 1_200))).toMatchObject({ ok: false });
    now = 1_101;
    expect(await log.append(intentDraft(), claimOf("one", 1_200))).toMatchObject({ ok: true });
  });
});
