import { z } from "zod";
import {
  type BookEntry,
  type BookSummary,
  bookEntrySchema,
  sameSummary,
  summarise,
  type What,
  whatSchema,
} from "./book.ts";

/** Where two books of one hour differ. */
export const hows = ["member-only", "gateway-only", "told-differently"] as const;

/**
 * Why a finding is no difference between honest books: what was said was lost on the way, and each side has written
 * down truly what it knows.
 * `reply-lost`: the member asked, and no reply came · `answer-not-taken`: the gateway asked, and took no answer or
 * another · `evidence-erased`: the gateway has destroyed what opens its commitment.
 */
export const explanations = ["reply-lost", "answer-not-taken", "evidence-erased"] as const;
export type Explanation = (typeof explanations)[number];

const { side, exchange } = bookEntrySchema.shape;
const whatOrNone = whatSchema.nullable();

export const findingSchema = z.strictObject({
  side,
  exchange,
  how: z.enum(hows),
  /** What each says that came of it. */
  member: whatOrNone,
  gateway: whatOrNone,
  explanation: z.enum(explanations).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** An exchange that the log's proofs do not show as the member's own book has it, and what did not hold. */
export const unprovenSchema = z.strictObject({
  side,
  exchange,
  by: z.enum(["inclusion-proof", "consistency"]),
});
export type Unproven = z.infer<typeof unprovenSchema>;

const keyOf = ({ side, exchange }: Pick<BookEntry, "side" | "exchange">) =>
  `${side} ${exchange.toLowerCase()}`;

const whatOf = (entry: BookEntry | undefined): What | null =>
  entry === undefined ? null : { status: entry.status, digest: entry.digest };

/** Names every exchange of which the two books do not say the same, and how. Nothing for equal books. */
export function compareBooks(member: readonly BookEntry[], gateway: readonly BookEntry[]): Finding[] {
  const theirs = Map.groupBy(gateway, keyOf);
  const ours = Map.groupBy(member, keyOf);
  const keys = new Set([...ours.keys(), ...theirs.keys()]);
  return [...keys].sort().flatMap((key) => compareOne(ours.get(key) ?? [], theirs.get(key) ?? []));
}

/** A member may have answered one question twice, when it was sent again: what pairs off is told alike. */
function compareOne(member: readonly BookEntry[], gateway: readonly BookEntry[]): Finding[] {
  const told = [...gateway];
  const mine = member.filter((entry) => {
    const same = told.findIndex((other) => sameWhat(entry, other));
    if (same >= 0) told.splice(same, 1);
    return same < 0;
  });
  return Array.from({ length: Math.max(mine.length, told.length) }, (_, at) =>
    finding(mine[at], told[at]),
  ).filter((found) => found !== undefined);
}

function sameWhat(one: What, other: What): boolean {
  return one.status === other.status && one.digest === other.digest;
}

function finding(member: BookEntry | undefined, gateway: BookEntry | undefined): Finding | undefined {
  const entry = member ?? gateway;
  if (entry === undefined) return undefined;
  const erased = member !== undefined && member.status === gateway?.status && gateway.digest === null;
  return {
    side: entry.side,
    exchange: entry.exchange,
    how: gateway === undefined ? "member-only" : member === undefined ? "gateway-only" : "told-differently",
    member: whatOf(member),
    gateway: whatOf(gateway),
    ...(erased && { explanation: "evidence-erased" as const }),
  };
}

/**
 * Whether findings are the whole difference: the gateway's book, changed by them, has the summary that the member
 * has signed. Nobody can name too few or too many.
 */
export function accountsFor(
  findings: readonly Finding[],
  gateway: readonly BookEntry[],
  stated: BookSummary,
): boolean {
  const rest = [...gateway];
  for (const found of findings) {
    const { side, exchange } = found;
    if (found.gateway !== null) {
      const wanted = found.gateway;
      const at = rest.findIndex((entry) => keyOf(entry) === keyOf(found) && sameWhat(entry, wanted));
      if (at < 0) return false;
      rest.splice(at, 1);
    }
    if (found.member !== null) rest.push({ side, exchange, ...found.member });
  }
  return sameSummary(summarise(rest), stated);
}

/** Those that are not explained. */
export function differencesOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ explanation }) => explanation === undefined);
}
