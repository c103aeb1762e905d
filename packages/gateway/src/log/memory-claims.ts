import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { AuthorisationId, NonceClaim, SpendError } from "./audit-log.ts";
import type { WithdrawalList } from "./withdrawals.ts";

export interface MemoryClaimsState {
  /** Spent nonces and when they may be forgotten. */
  readonly nonces: Map<string, number>;
  /** What was used of each allowance. */
  readonly used: Map<string, number>;
  /** Authorisations withdrawn and when they end, seconds since 1970, in order. */
  readonly withdrawn: Map<string, AuthorisationId & { readonly exp: number }>;
}

type WithdrawalDraft = Extract<LogEntryDraft, { kind: "authorisation.withdrawn" }>;

export interface MemoryClaims {
  spend(claim: NonceClaim, exchange: string | null): SpendError | undefined;
  withdraw(draft: WithdrawalDraft): void;
  readonly withdrawals: WithdrawalList;
}

/** What entries spend, for the audit log in memory. */
export function createMemoryClaims(state: MemoryClaimsState, now: () => number): MemoryClaims {
  /** Why the claim cannot be spent, when it cannot. */
  function spend(claim: NonceClaim, exchange: string | null): SpendError | undefined {
    const { keyId, nonce, expiresAt, allowances = [], authorisation } = claim;
    for (const [known, until] of state.nonces) if (until < now()) state.nonces.delete(known);
    if (authorisation !== undefined && state.withdrawn.has(nameOf(authorisation))) {
      return { code: "authorisation.withdrawn" };
    }
    const usedOf = (name: string) => state.used.get(name) ?? 0;
    const over = allowances.find(({ name, most }) => usedOf(name) >= most);
    if (over !== undefined) return { code: over.exceeded, allowance: over.name };
    const once = (name: string) => {
      const first = !state.nonces.has(name);
      if (first) state.nonces.set(name, expiresAt);
      return first;
    };
    if (!once(`${keyId} ${nonce}`)) return { code: "signature.replayed" };
    if (exchange !== null && !once(`${keyId} id:${exchange.toLowerCase()}`)) {
      return { code: "request.id-reused" };
    }
    for (const { name } of allowances) state.used.set(name, usedOf(name) + 1);
    return undefined;
  }

  function withdraw({ authorisation: id, issuer, until }: WithdrawalDraft): void {
    const name = nameOf({ issuer, id });
    if (!state.withdrawn.has(name)) state.withdrawn.set(name, { issuer, id, exp: Date.parse(until) / 1000 });
  }

  return {
    spend,
    withdraw,
    withdrawals: {
      after: (number) => ({
        last: state.withdrawn.size,
        withdrawn: [...state.withdrawn.values()]
          .map((each, place) => ({ number: place + 1, ...each }))
          .filter((each) => each.number > number && each.exp * 1000 >= now()),
      }),
    },
  };
}

const nameOf = ({ issuer, id }: AuthorisationId) => `${issuer}:${id}`;
