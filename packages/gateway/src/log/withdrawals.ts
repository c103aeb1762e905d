import type { AuthorisationId } from "./audit-log.ts";

/** One authorisation that was withdrawn, numbered as the withdrawals came. */
export interface WithdrawnAuthorisation extends AuthorisationId {
  readonly number: number;
  /** When it would have ended by itself, seconds since 1970. */
  readonly exp: number;
}

/** The authorisations withdrawn, as the log has them (PR-EXCHANGE §13). */
export interface WithdrawalList {
  /** Those behind a number that would still count without it, oldest first; `last` is the newest number there was. */
  after(
    number: number,
    now: number,
  ): { readonly last: number; readonly withdrawn: readonly WithdrawnAuthorisation[] };
}
