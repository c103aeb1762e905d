import { randomUUID } from "node:crypto";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuditLogHarness, claimOf, intentDraft } from "./audit-log.contract.ts";
import type { Allowance, AuditLog, AuthorisationId, NonceClaim } from "./audit-log.ts";
import type { WithdrawalList } from "./withdrawals.ts";

export interface ClaimsHarness extends AuditLogHarness {
  /** The withdrawals of the log that is open. */
  withdrawals(log: AuditLog): Promise<WithdrawalList>;
}

const issuer = nodeIdSchema.parse("sz-baoan");
const hour = 3_600_000;

const allowance = (name: string, most: number, change: Partial<Allowance> = {}): Allowance => ({
  name,
  most,
  until: Date.now() + hour,
  exceeded: "authorisation.used-up",
  ...change,
});

let claims = 0;
function claiming(allowances: readonly Allowance[], change: Partial<NonceClaim> = {}): NonceClaim {
  claims += 1;
  return { ...claimOf(`claim-${claims}`), allowances, ...change };
}

const withdrawalOf = ({ id, issuer: by }: AuthorisationId, until = Date.now() + hour) =>
  ({
    kind: "authorisation.withdrawn",
    exchange: randomUUID(),
    actor: by,
    authorisation: id,
    issuer: by,
    until: new Date(until).toISOString(),
  }) as const;

/** What entries spend beside their nonce: every adapter behind the AuditLog port passes this suite. */
export function claimsContract(name: string, makeHarness: () => Promise<ClaimsHarness>): void {
  describe(`audit log, allowances and withdrawals: ${name}`, () => {
    let harness: ClaimsHarness;
    let log: AuditLog;

    beforeEach(async () => {
      harness = await makeHarness();
      log = await harness.open();
    });

    afterEach(async () => {
      await log.close();
      await harness.dispose();
    });

    const append = async (claim: NonceClaim) => {
      const appended = await log.append(intentDraft(), claim);
      return appended.ok ? "ok" : appended.error.code;
    };

    it("counts the entries of one commit: of many at once exactly as many as are left are written", async () => {
      const uses = allowance("authorisation:sz-baoan:1", 5);
      const results = await Promise.all(Array.from({ length: 20 }, () => append(claiming([uses]))));
      expect(results).toEqual([...Array(5).fill("ok"), ...Array(15).fill("authorisation.used-up")]);
      expect(await harness.read()).toHaveLength(5);
    });

    it("says which allowance is used up, uses none of the others, and leaves the nonce for the refusal", async () => {
      const [one, other] = [
        allowance("one", 1, { exceeded: "policy.quota-exceeded" }),
        allowance("other", 2),
      ];
      expect(await append(claiming([one, other]))).toBe("ok");
      const refused = claiming([other, one]);
      expect(await log.append(intentDraft(), refused)).toEqual({
        ok: false,
        error: { code: "policy.quota-exceeded", allowance: "one" },
      });
      const { allowances: _none, ...bare } = refused;
      expect(await append(bare), "its nonce is unspent").toBe("ok");
      expect(await append(claiming([other])), "the other one was not used by the refused").toBe("ok");
      expect(await append(claiming([other]))).toBe("authorisation.used-up");
    });

    it("counts no replay", async () => {
      const uses = allowance("one", 2);
      const claim = claiming([uses]);
      expect(await append(claim)).toBe("ok");
      expect(await append(claim)).toBe("signature.replayed");
      expect(await append(claiming([uses]))).toBe("ok");
    });

    it("remembers what was used and withdrawn across a restart", async () => {
      const uses = allowance("one", 1);
      const authorisation = { issuer, id: randomUUID() };
      expect(await append(claiming([uses]))).toBe("ok");
      await log.append(withdrawalOf(authorisation));
      await log.close();
      log = await harness.open();
      expect(await append(claiming([uses]))).toBe("authorisation.used-up");
      expect(await append(claiming([], { authorisation }))).toBe("authorisation.withdrawn");
    });

    it("writes what a simple model writes, for any batches and any allowances", async () => {
      const pick = fc.record({ most: fc.integer({ min: 1, max: 4 }), name: fc.constantFrom("a", "b", "c") });
      const request = fc.uniqueArray(pick, { maxLength: 2, selector: ({ name }) => name });
      const batches = fc.array(fc.array(request, { maxLength: 10 }), { maxLength: 4 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(batches, async (sequence) => {
          run += 1;
          const used = new Map<string, number>();
          const model = (allowances: readonly Allowance[]) => {
            if (allowances.some(({ name, most }) => (used.get(name) ?? 0) >= most)) return false;
            for (const { name } of allowances) used.set(name, (used.get(name) ?? 0) + 1);
            return true;
          };
          for (const batch of sequence) {
            const asked = batch.map((list) =>
              list.map(({ name, most }) => allowance(`${run}/${name}`, most)),
            );
            const results = await Promise.all(asked.map((allowances) => append(claiming(allowances))));
            expect(results.map((result) => result === "ok")).toEqual(asked.map(model));
          }
        }),
        { numRuns: 30 },
      );
    });

    it("allows nothing by an authorisation from its withdrawal on, in the same commit already", async () => {
      const authorisation = { issuer, id: randomUUID() };
      const claim = () => claiming([allowance(`authorisation:${authorisation.id}`, 9)], { authorisation });
      const [before, , after] = await Promise.all([
        append(claim()),
        log.append(withdrawalOf(authorisation)),
        append(claim()),
      ]);
      expect([before, after, await append(claim())]).toEqual([
        "ok",
        "authorisation.withdrawn",
        "authorisation.withdrawn",
      ]);
      const another = { issuer: nodeIdSchema.parse("dg"), id: authorisation.id };
      expect(await append(claiming([], { authorisation: another })), "another member's of that id").toBe(
        "ok",
      );
    });

    it("lists withdrawals in order, each once, without those that have ended by themselves", async () => {
      const [first, second, ended] = [1, 2, 3].map(() => ({ issuer, id: randomUUID() }));
      if (!first || !second || !ended) throw new Error("three of them");
      for (const each of [first, second, first]) await log.append(withdrawalOf(each));
      await log.append(withdrawalOf(ended, Date.now() - 5_000));
      const list = await harness.withdrawals(log);
      const { last, withdrawn } = list.after(0, Date.now());
      expect(withdrawn).toMatchObject([first, second]);
      const [number = 0, next = 0] = withdrawn.map((each) => each.number);
      expect(next).toBeGreaterThan(number);
      expect(last).toBeGreaterThan(next);
      expect(list.after(number, Date.now()).withdrawn).toMatchObject([second]);
      expect(list.after(last, Date.now())).toEqual({ last, withdrawn: [] });
    });
  });
}
