import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { readMeasureReport, signRevocationNotice, textHash } from "@xinqiao/protocol/measures";
import type { AuditLog } from "../log/index.ts";
import type { OpenRevocation, Revocation, Revocations } from "./ports.ts";

/** Hands out notices of revocation that are due, and says of those that were not answered in time that it is so. */
export interface Asking {
  ask(): Promise<void>;
}

export interface AskingDependencies {
  readonly self: NodeId;
  readonly revocations: Pick<
    Revocations,
    "noteEnded" | "unsigned" | "signed" | "unannounced" | "announced" | "overdue" | "saidOverdue"
  >;
  readonly durable: () => Promise<void>;
  readonly signer: Signer;
  readonly log: Pick<AuditLog, "append">;
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
  /** The last day for the answer to a notice of today. */
  readonly dueOn: () => string;
  /** Members that wait are told. */
  readonly onAsked: () => void;
}

/**
 * One at a time. A notice is signed and kept, then in the log, then handed out: whatever is cut off goes on with the same
 * notice, and what cannot be done now is done later.
 */
export function createAsking(deps: AskingDependencies): Asking {
  const { revocations, durable, today } = deps;
  let last: Promise<void> = Promise.resolve();
  async function all(): Promise<void> {
    // At midnight it may be all that a source has told: pages and questions go in between.
    while (revocations.noteEnded(today()) > 0) await nextTurn();
    for (let some = revocations.unsigned(); some.length > 0; some = revocations.unsigned()) {
      for (const each of some) await sign(each, deps);
    }
    for (let some = revocations.unannounced(); some.length > 0; some = revocations.unannounced()) {
      await durable();
      for (const { id, effect, report, ...asked } of some) {
        if (!(await say({ kind: "measures.asked", ...asked, effect, report }, deps))) return;
        revocations.announced(id);
      }
      deps.onAsked();
    }
    for (let some = revocations.overdue(today()); some.length > 0; some = revocations.overdue(today())) {
      for (const { id, effect: _effect, report: _report, ...asked } of some) {
        if (!(await say({ kind: "measures.late", ...asked }, deps))) return;
        revocations.saidOverdue(id);
      }
    }
  }
  return {
    ask() {
      last = last.catch(() => undefined).then(all);
      return last;
    },
  };
}

async function sign(
  { id, member, effect, report, reported }: Revocation & { readonly reported: string },
  { self, revocations, signer, now, dueOn: dueDay }: AskingDependencies,
): Promise<void> {
  const read = readMeasureReport(reported);
  if (read === undefined) throw new Error("a report that was kept is none");
  const { exchange, source, record, matter } = read;
  const [iat, dueOn] = [Math.floor(now() / 1000), dueDay()];
  const about = { member, report, exchange, source, record, matter, effect };
  const text = await signRevocationNotice({ iss: self, iat, ...about, dueOn }, signer);
  revocations.signed(id, { text, sha256: textHash(text), dueOn });
}

type Asked = Omit<OpenRevocation, "id" | "effect" | "report">;
type Saying =
  | ({ readonly kind: "measures.asked" } & Omit<OpenRevocation, "id">)
  | ({ readonly kind: "measures.late" } & Asked);

/** @returns whether the log has taken it */
async function say(saying: Saying, { log }: Pick<AskingDependencies, "log">): Promise<boolean> {
  return (await log.append({ exchange: null, actor: null, ...saying })).ok;
}
