import { openWithdrawals, type Withdrawals } from "@xinqiao/protocol/authorisation";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { single } from "@xinqiao/runtime/single";
import type { WithdrawalBook } from "./port.ts";

export interface WithdrawalFollowerDependencies {
  readonly book: WithdrawalBook;
  readonly get: GetFromGateway;
  readonly gateway: NodeId;
  readonly directory: () => Directory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface WithdrawalFollower {
  /** Takes what is new. A fault leaves what was heard as it is, and it grows old. */
  refresh(): Promise<Result<void, Fault>>;
}

/** Pages of one refresh: who always has another one must not keep us asking for ever. */
const mostPages = 1_000;

/** Follows the city's list of withdrawn authorisations (PR-EXCHANGE §13). */
export function createWithdrawalFollower(deps: WithdrawalFollowerDependencies): WithdrawalFollower {
  const { book, get, gateway, directory, now } = deps;
  /** The page held, for the number it was asked with. */
  let held: { readonly number: number; readonly tag: string } | undefined;

  async function next(): Promise<Result<Withdrawals | "unchanged", Fault>> {
    const { number } = book.heard();
    const known = held?.number === number ? { "if-none-match": held.tag } : undefined;
    const reply = await get(`/v1/withdrawals?after=${number}`, known ?? {});
    if (!reply.ok) return reply;
    const { status, body, etag } = reply.value;
    // Unsigned, so it proves nothing: what was heard stays as old as it is.
    if (status === 304 && known) return ok("unchanged");
    if (status !== 200) {
      return err(fault("gateway.response-invalid", `status ${status} for the withdrawals`));
    }
    const page = openWithdrawals(body, gateway, directory(), now());
    if (page.ok && etag !== undefined) held = { number, tag: etag };
    return page;
  }

  async function follow(): Promise<Result<void, Fault>> {
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await next();
      if (!page.ok) return page;
      if (page.value === "unchanged") return ok(undefined);
      const heard = book.heard();
      // One that begins behind what is known would leave some out; an older one is somebody's replay.
      if (page.value.after > heard.number || page.value.iat < heard.at) {
        return err(fault("gateway.response-invalid", "not the withdrawals that come next"));
      }
      book.take(page.value);
      if (page.value.next === page.value.last) return ok(undefined);
    }
    return err(fault("gateway.response-invalid", "the withdrawals have no end"));
  }

  return { refresh: single(follow) };
}
