import {
  type FoundLine,
  type StatedUse,
  type StatementRequest,
  signStatement,
  statementUses,
} from "@xinqiao/protocol/audit";
import { type NodeId, subjectText } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { decodeEntry, type LogEntry } from "@xinqiao/protocol/log";
import type { Role } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { openedValue } from "../log/index.ts";
import { indexedCriteria } from "../search/index.ts";
import { type AuditDependencies, type AuditError, type AuditRequest, begin } from "./begin.ts";

/** Those that serve people at a counter, and have checked who somebody is. */
const counters: readonly Role[] = ["city", "district", "neighbour-city"];

export interface StateUsesDependencies extends AuditDependencies {
  readonly self: NodeId;
  readonly signer: Signer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who looked a subject up, as the gateway signs it for the subject to keep: of its lookups, allowed and refused. */
export async function stateUses(
  request: AuditRequest<StatementRequest>,
  deps: StateUsesDependencies,
): Promise<Result<{ readonly statement: string }, AuditError>> {
  const { subject } = request.asked;
  const entry = { kind: "subject.stated", private: { subject: subjectText(subject) } } as const;
  const begun = await begin(request, { by: counters, subject, entry }, deps);
  if (!begun.ok) return begun;
  const { self, signer, now, index, log, tagKey } = deps;
  const found = await index.search({ criteria: indexedCriteria({ subject }, tagKey), limit: statementUses });
  if (!found.ok) return err({ unanswered: found.error });
  const { lines, size, root, next } = found.value;
  const statement = await signStatement(
    {
      iss: self,
      aud: request.member.node,
      iat: Math.floor(now() / 1000),
      subject,
      uses: lines.flatMap((line) => statedUse(line, deps)),
      cut: next !== undefined,
      head: { origin: log.origin, size, root },
    },
    signer,
  );
  return ok({ statement });
}

/** Of what is about a subject, its lookups: searches and statements about it are the log's own business. */
function statedUse(
  { entries: [first, closing] }: FoundLine,
  { source }: Pick<StateUsesDependencies, "source">,
): StatedUse[] {
  const entry = first && read(first.leaf);
  if (first === undefined || entry === undefined) return [];
  if (entry.kind !== "lookup.intent" && entry.kind !== "lookup.refused") return [];
  const { at, exchange, purpose, authorisation } = entry;
  const member = entry.requester ?? entry.actor;
  if (exchange === null || member === null) return [];
  const outcome = entry.kind === "lookup.refused" ? entry.code : outcomeOf(closing && read(closing.leaf));
  const said = { exchange, at, member, purpose, outcome, index: first.index };
  if (authorisation === undefined) return [said];
  const id = openedValue(entry, source.evidence(first.index), "authorisation") ?? authorisation.id;
  return [{ ...said, authorisation: { issuer: authorisation.issuer, ...(id !== undefined && { id }) } }];
}

function outcomeOf(closing: LogEntry | undefined): string {
  if (closing === undefined) return "open";
  if (closing.kind !== "lookup.outcome") return "interrupted";
  return closing.complete ? "complete" : "partial";
}

function read(leaf: string): LogEntry | undefined {
  const entry = decodeEntry(Buffer.from(leaf));
  return entry.ok ? entry.value : undefined;
}
