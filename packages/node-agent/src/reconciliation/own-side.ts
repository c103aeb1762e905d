import {
  type BookEntry,
  type BookSummary,
  boundsOf,
  type Finding,
  type Interval,
  signStatement,
  summarise,
} from "@xinqiao/protocol/reconciliation";
import type { Book, BookLine } from "../book/index.ts";
import type { CallDependencies } from "../lookup/index.ts";

/** This member's side of an hour. */
export interface Own {
  readonly interval: Interval;
  readonly lines: readonly BookLine[];
  readonly entries: readonly BookEntry[];
  /** What was asked and got no reply: in nobody's count, but known. */
  readonly unanswered: ReadonlySet<string>;
  readonly summary: BookSummary;
  readonly statement: string;
}

export interface OwnSideDependencies extends Pick<CallDependencies, "node" | "signer" | "now"> {
  readonly book: Pick<Book, "lines" | "begun">;
  /** The newest checkpoint of the city's log that this member has cosigned, as a note. */
  readonly checkpoint: () => string | undefined;
}

export async function ownSide(
  interval: Interval,
  { book, node, signer, now, checkpoint }: OwnSideDependencies,
): Promise<Own> {
  const begun = book.begun() ?? 0;
  const lines = book.lines(interval).filter(({ at }) => at >= begun);
  const entries = lines.flatMap(toEntry);
  const summary = summarise(entries);
  const note = checkpoint();
  const { from, to } = boundsOf(interval);
  const partial = begun * 1000 > from && begun * 1000 < to;
  const statement = await signStatement(
    {
      iss: node,
      iat: Math.floor(now() / 1000),
      member: node,
      interval,
      ...(partial && { since: begun }),
      ...summary,
      ...(note !== undefined && { checkpoint: note }),
    },
    signer,
  );
  const unanswered = new Set(
    lines.filter((line) => line.status === "unanswered").map((line) => line.exchange),
  );
  return { interval, lines, entries, unanswered, summary, statement };
}

function toEntry({ side, exchange, status, digest }: BookLine): BookEntry[] {
  return status === "unanswered" ? [] : [{ side, exchange, status, digest }];
}

/** This member asked, and no reply came: nobody but itself can know. */
export function isReplyLost({ side, how, exchange }: Finding, { unanswered }: Own): boolean {
  return side === "asked" && how === "gateway-only" && unanswered.has(exchange);
}

export function nameFinding(found: Finding, own: Own) {
  const { side, exchange, how, member } = found;
  return { side, exchange, how, member, ...(isReplyLost(found, own) && { replyLost: true as const }) };
}
