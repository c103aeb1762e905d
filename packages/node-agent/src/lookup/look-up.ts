import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { AgreementKey } from "@xinqiao/protocol/encryption";
import {
  type Answer,
  disclosesOnly,
  type Exchange,
  exchangeSchema,
  isComplete,
  isCopied,
  isStale,
  type Lookup,
  mustBeSealed,
  type OpenedExchange,
  openAnswer,
  type ResultRow,
  unseal,
} from "@xinqiao/protocol/exchange";
import { resolveAsked } from "@xinqiao/protocol/policy";
import { asResult, type Code, type Fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import { type Book, refusalOf, toldOf } from "../book/index.ts";
import { type CallDependencies, callGateway, invalidReply } from "./call-gateway.ts";
import type { CallError } from "./port.ts";

export interface LookUpDependencies extends CallDependencies {
  readonly catalogue: () => Catalogue;
  readonly book: Pick<Book, "asking" | "durable">;
  /** What answers to this node are sealed to, by thumbprint; retired keys too, as long as they are held. */
  readonly decryptionKeys: ReadonlyMap<string, AgreementKey>;
}

/** Time over the lookup's own deadline that the way to the gateway and back may take. */
const travelMs = 1_000;

/** Asks the federation: signs, sends, and believes nothing that does not verify. */
export async function lookUp(
  lookup: Lookup,
  trace: TraceContext,
  deps: LookUpDependencies,
  signal: AbortSignal,
): Promise<Result<OpenedExchange, CallError>> {
  const oldestAsOf = lookup.maxAgeSeconds === undefined ? 0 : deps.now() - lookup.maxAgeSeconds * 1000;
  const exchange = deps.entropy.uuid();
  const timeoutMs = lookup.deadlineMs + travelMs;
  const at = deps.now();
  const call = { path: "/v1/lookups", body: lookup, requestId: exchange, timeoutMs, at };
  const line = await asResult(() => deps.book.asking(lineOf(lookup, { exchange, at }, deps)));
  if (!line.ok) return byAgent(line.error);
  const reply = await callGateway(call, trace, deps, signal);
  const told = reply.ok ? readExchange(reply.value, exchange, lookup) : reply;
  const entered = await asResult(() => enter(told, line.value, deps.book));
  if (!entered.ok) return byAgent(entered.error);
  return told.ok ? ok(await openExchange(told.value, lookup, oldestAsOf, deps)) : told;
}

const byAgent = (reason: Fault) => err({ by: "agent" as const, fault: reason });

/** A purpose that nobody knows may be anything: it stays out. */
function lineOf(
  { purpose }: Lookup,
  { exchange, at }: { readonly exchange: string; readonly at: number },
  { node, catalogue }: LookUpDependencies,
) {
  const known = catalogue().purposes.has(purpose);
  return { exchange, at: Math.floor(at / 1000), requester: node, purpose: known ? purpose : "-" };
}

/** Whatever the platform hears stands in this member's own book before. */
async function enter(
  told: Result<Exchange, CallError>,
  line: ReturnType<Book["asking"]>,
  book: Pick<Book, "durable">,
): Promise<void> {
  const what = told.ok ? toldOf(told.value) : refusalIn(told.error);
  if (what !== undefined) line.told(what);
  await book.durable();
}

function readExchange(body: Uint8Array, exchange: string, lookup: Lookup): Result<Exchange, CallError> {
  const parsed = parseJson(body, exchangeSchema);
  if (!parsed.ok) return invalidReply(parsed.error.code);
  if (parsed.value.exchange !== exchange) return invalidReply("another exchange");
  return asksFor(parsed.value.results, lookup) ? parsed : invalidReply("the rows are not those asked for");
}

/** Only what the gateway has signed says where it stands in the log. */
function refusalIn(error: CallError) {
  return error.by === "gateway" && error.verified ? refusalOf(error.problem) : undefined;
}

/**
 * One row for each jurisdiction asked, in order. For "all" the city's list decides: this member's own may
 * be older, so only that no jurisdiction comes twice can be told.
 */
function asksFor(rows: readonly ResultRow[], { jurisdictions }: Lookup): boolean {
  const answered = rows.map(({ jurisdiction }) => jurisdiction);
  const expected = jurisdictions === "all" ? answered : jurisdictions;
  return [...new Set(expected)].join() === answered.join();
}

/** What a row says that only the node's own signature can prove. */
const proven: ReadonlySet<ResultRow["status"]> = new Set(["ok", "none", "refused", "stale"]);

/** Checks every node's own answer, and opens what is sealed in it: what the gateway says by itself is only why there is none. */
async function openExchange(
  exchange: Exchange,
  lookup: Lookup,
  oldestAsOf: number,
  deps: LookUpDependencies,
): Promise<OpenedExchange> {
  // By one version from first row to last. What it does not know no answer can fit.
  const resolved = resolveAsked(lookup, deps.catalogue());
  const items = resolved.ok ? resolved.value.items.map(({ code }) => code) : [];
  const terms = resolved.ok ? resolved.value.purpose : {};
  const sealed = resolved.ok && mustBeSealed(resolved.value.items, resolved.value.purpose);
  const directory = deps.directory();
  const opening = exchange.results.map(async ({ answer, ...row }) => {
    const broken = (code: Code) => ({ ...failed(row), status: "error" as const, code, records: [] });
    if (answer === undefined)
      return proven.has(row.status) ? broken("answer.malformed") : { ...row, records: [] };
    if (directory.answering(row.jurisdiction)?.node !== row.node)
      return broken("answer.key-of-another-member");
    const question = {
      exchange: exchange.exchange,
      requester: deps.node,
      subject: lookup.subject,
      items,
      purpose: lookup.purpose,
      jurisdiction: row.jurisdiction,
    };
    const copied = isCopied(row);
    const signer = copied ? { node: deps.gateway.node, copyOf: row.node } : { node: row.node };
    const expected = { ...signer, question, terms, sealed };
    const opened = openAnswer(answer, expected, directory, deps.now());
    if (!opened.ok) return broken(opened.error.code);
    if (!agrees(row, opened.value)) return broken("answer.malformed");
    const records = await unseal(opened.value, deps.decryptionKeys);
    if (!records.ok) return broken(records.error.code);
    if (!disclosesOnly(terms, records.value)) return broken("answer.not-asked");
    const { held, disputes } = opened.value;
    return {
      ...row,
      ...(!copied && ageOf(opened.value, oldestAsOf)),
      records: [...records.value],
      ...(held !== undefined && { held }),
      // Its own node says so in the record itself: beside an answer only the city does, of its copy.
      ...(copied && disputes !== undefined && { disputes }),
    };
  });
  const results = await Promise.all(opening);
  return { ...exchange, results, complete: isComplete(results) };
}

/** Whether data is older than asked is reckoned here again: the gateway could call old data fresh. */
function ageOf({ status, asOf }: Answer, oldestAsOf: number) {
  return status !== "refused" && isStale(asOf, oldestAsOf)
    ? { status: "stale" as const, code: "answer.data-too-old" as const }
    : {};
}

function failed({ jurisdiction, node, latencyMs }: Omit<ResultRow, "answer">) {
  return { jurisdiction, node, latencyMs };
}

/** The row repeats what the node signed; of its own it may say only that the data is older than asked. */
function agrees(row: Omit<ResultRow, "answer">, answer: Answer): boolean {
  const status = row.status === "stale" && answer.status !== "refused" ? answer.status : row.status;
  const code = answer.status === "refused" ? answer.refusal?.code : undefined;
  return (
    status === answer.status &&
    row.asOf === answer.asOf &&
    (code === undefined || row.code === code) &&
    JSON.stringify(row.gaps) === JSON.stringify(answer.gaps)
  );
}
