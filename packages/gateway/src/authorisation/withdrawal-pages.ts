import { signWithdrawals, type Withdrawals, withdrawalsPage } from "@xinqiao/protocol/authorisation";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { asResult, type Fault } from "@xinqiao/protocol/problem";
import { ok, type Result } from "@xinqiao/protocol/result";
import type { WithdrawalList } from "../log/index.ts";

export interface WithdrawalPagesOptions {
  readonly self: NodeId;
  readonly signer: Signer;
  readonly list: WithdrawalList;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface WithdrawalPage {
  readonly text: string;
  /** Changes with what the page says and when it was said. */
  readonly tag: string;
}

export interface WithdrawalPages {
  /**
   * What was withdrawn behind a number; from the beginning when that number was never given out here. Fails with
   * `key.unavailable`.
   */
  behind(number: number): Promise<Result<WithdrawalPage, Fault>>;
}

/**
 * How long a page is handed out as it was signed. A node believes nothing that is older than it allows, so that
 * nobody between can hold a withdrawal back; signing for every poll of every node would cost for nothing.
 */
const signedForSeconds = 10;

/** Pages kept: nodes that are up to date ask for one and the same. */
const keptPages = 16;

const nameOf = ({ after, last }: Pick<Withdrawals, "after" | "last">) => `${after}/${last}`;

export function createWithdrawalPages({ self, signer, list, now }: WithdrawalPagesOptions): WithdrawalPages {
  const kept = new Map<
    string,
    { readonly iat: number; readonly page: Promise<Result<WithdrawalPage, Fault>> }
  >();

  async function sign(page: Withdrawals): Promise<Result<WithdrawalPage, Fault>> {
    const { after, next, last, iat } = page;
    const text = await asResult(() => signWithdrawals(page, signer));
    // What could not be signed is tried again at the next poll.
    if (!text.ok) kept.delete(nameOf(page));
    return text.ok ? ok({ text: text.value, tag: `"${after}.${next}.${last}.${iat}"` }) : text;
  }

  /** From the beginning when the number was never given out here: the log may be one that was restored. */
  function read(number: number) {
    const behind = list.after(number, now());
    return number > behind.last ? { after: 0, ...list.after(0, now()) } : { after: number, ...behind };
  }

  return {
    behind(number) {
      const iat = Math.floor(now() / 1000);
      const { after, last, withdrawn } = read(number);
      const name = nameOf({ after, last });
      const known = kept.get(name);
      if (known && iat - known.iat < signedForSeconds) return known.page;
      if (kept.size >= keptPages) kept.clear();
      const full = withdrawn.length === withdrawalsPage;
      const next = (full ? withdrawn.at(-1)?.number : undefined) ?? last;
      const listed = withdrawn.map(({ issuer, id, exp }) => ({ iss: issuer, id, exp }));
      const page = sign({ iss: self, iat, after, next, last, withdrawn: listed });
      kept.set(name, { iat, page });
      return page;
    },
  };
}
