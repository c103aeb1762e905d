import type { Authorisation } from "@xinqiao/protocol/authorisation";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { WithdrawalBook } from "./port.ts";

/** Whether an authorisation still stands, as far as this node knows: what it has not heard of late it does not know. */
export function standingOf(
  { iss: issuer, jti: id }: Authorisation,
  book: Pick<WithdrawalBook, "has" | "heard">,
  { now, staleSeconds }: { readonly now: number; readonly staleSeconds: number },
): Fault | undefined {
  if (book.has({ issuer, id })) return fault("authorisation.withdrawn");
  const age = Math.floor(now / 1000) - book.heard().at;
  return age > staleSeconds ? fault("authorisation.standing-unknown") : undefined;
}
