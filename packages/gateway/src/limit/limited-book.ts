import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";

/**
 * Gathers refusals that get no entry of their own into one a member and interval: each is accounted for,
 * and a flood cannot fill the log. What the log does not take now is offered again.
 */
export interface LimitedBook {
  /** `null`: nobody was authenticated. */
  note(member: NodeId | null): void;
  /** Writes what is pending; resolves when the log has answered. */
  flush(): Promise<void>;
}

interface Pending {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** @param append resolves to whether the entry was written */
export function createLimitedBook(
  append: (draft: LogEntryDraft) => Promise<boolean>,
  now: () => number,
  intervalMs: number,
): LimitedBook {
  const pending = new Map<NodeId | null, Pending>();
  let timer: NodeJS.Timeout | undefined;

  function add(member: NodeId | null, count: number, from: number): void {
    const known = pending.get(member);
    pending.set(member, {
      count: count + (known?.count ?? 0),
      from: Math.min(from, known?.from ?? from),
    });
    timer ??= setTimeout(() => void flush(), intervalMs).unref();
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const taken = [...pending];
    pending.clear();
    const to = now();
    await Promise.all(
      taken.map(async ([member, { count, from }]) => {
        if (!(await append(entryOf(member, { count, from }, to)))) add(member, count, from);
      }),
    );
  }

  return { note: (member) => add(member, 1, now()), flush };
}

function entryOf(member: NodeId | null, { count, from }: Pending, to: number): LogEntryDraft {
  return {
    kind: "requests.limited",
    exchange: null,
    actor: member,
    member,
    count,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
}
