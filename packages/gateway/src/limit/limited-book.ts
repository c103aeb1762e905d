import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";

/**
 * Gathers rate-limit refusals into one log entry a member and interval: each refusal is accounted
 * for, and a flood cannot fill the log.
 */
export interface LimitedBook {
  note(member: NodeId | null): void;
  /** Writes what is pending. */
  flush(): void;
}

export function createLimitedBook(
  append: (draft: LogEntryDraft) => void,
  now: () => number,
  intervalMs: number,
): LimitedBook {
  const pending = new Map<NodeId | null, { count: number; from: number }>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const to = new Date(now()).toISOString();
    for (const [member, { count, from }] of pending) {
      append({
        kind: "requests.limited",
        exchange: null,
        actor: member,
        member,
        count,
        from: new Date(from).toISOString(),
        to,
      });
    }
    pending.clear();
  };
  return {
    note(member) {
      const known = pending.get(member);
      if (known) known.count += 1;
      else pending.set(member, { count: 1, from: now() });
      timer ??= setTimeout(flush, intervalMs).unref();
    },
    flush,
  };
}
