import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { AgreementKey } from "@xinqiao/protocol/encryption";
import {
  type Answer,
  disclosesOnly,
  type Exchange,
  exchangeSchema,
  isComplete,
  isStale,
  type Lookup,
  mustBeSealed,
  type OpenedExchange,
  openAnswer,
  type ResultRow,
  unseal,
} from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { resolveAsked } from "@xinqiao/protocol/policy";
import { type Code, fault, parseProblem } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { fieldReader, type RequestHead, signRequest, verifyResponse } from "@xinqiao/protocol/signing";
import { formatTraceparent, type TraceContext } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import type { Entropy } from "@xinqiao/runtime/entropy";
import type { GatewayReply, LookUpError, SendToGateway } from "./port.ts";

export interface LookUpDependencies {
  readonly node: NodeId;
  readonly gateway: { readonly node: NodeId; readonly origin: string };
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly signer: Signer;
  /** What answers to this node are sealed to, by thumbprint; retired keys too, as long as they are held. */
  readonly decryptionKeys: ReadonlyMap<string, AgreementKey>;
  readonly send: SendToGateway;
  readonly entropy: Entropy;
  readonly now: () => number;
}

const path = "/v1/lookups";

/** Time over the lookup's own deadline that the way to the gateway and back may take. */
const travelMs = 1_000;

/** Asks the federation: signs, sends, and believes nothing that does not verify. */
export async function lookUp(
  lookup: Lookup,
  trace: TraceContext,
  deps: LookUpDependencies,
  signal: AbortSignal,
): Promise<Result<OpenedExchange, LookUpError>> {
  const oldestAsOf = lookup.maxAgeSeconds === undefined ? 0 : deps.now() - lookup.maxAgeSeconds * 1000;
  const body = Buffer.from(JSON.stringify(lookup));
  const exchange = deps.entropy.uuid();
  const request = await sign(body, exchange, trace, deps);
  const reply = await deps.send({ ...request, path, body }, lookup.deadlineMs + travelMs, signal);
  if (!reply.ok) return err({ by: "agent", fault: reply.error });
  const verified = verifyResponse({ ...reply.value.head, request }, reply.value.body, {
    key: deps.directory().key,
    self: deps.node,
    now: deps.now(),
  });
  if (reply.value.head.status !== 200) return err(problemOf(reply.value, verified.ok));
  const invalid = (detail: string) =>
    err({ by: "agent" as const, fault: fault("gateway.response-invalid", detail) });
  if (!verified.ok) return invalid(verified.error.code);
  const parsed = parseJson(reply.value.body, exchangeSchema);
  if (!parsed.ok) return invalid(parsed.error.code);
  if (parsed.value.exchange !== exchange) return invalid("another exchange");
  if (!asksFor(parsed.value.results, lookup)) return invalid("the rows are not those asked for");
  return ok(await openExchange(parsed.value, lookup, oldestAsOf, deps));
}

async function sign(
  body: Uint8Array,
  requestId: string,
  trace: TraceContext,
  deps: LookUpDependencies,
): Promise<RequestHead & { headers: Record<string, string> }> {
  const targetUri = `${deps.gateway.origin}${path}`;
  const signed = await signRequest(
    {
      method: "POST",
      targetUri,
      body,
      contentType: "application/json",
      requestId,
      from: deps.node,
      to: deps.gateway.node,
    },
    { signer: deps.signer, now: deps.now(), nonce: deps.entropy.nonce() },
  );
  const headers = { ...signed, traceparent: formatTraceparent(trace) };
  return { method: "POST", targetUri, headers, field: fieldReader(headers) };
}

/** What the gateway said, marked as unverified when its signature does not hold: good for a hint only. */
function problemOf(reply: GatewayReply, verified: boolean): LookUpError {
  const problem = parseProblem(Buffer.from(reply.body).toString("utf8"));
  if (problem === undefined) {
    const detail = `status ${reply.head.status} without a problem document`;
    return { by: "agent", fault: fault("gateway.response-invalid", detail) };
  }
  return { by: "gateway", problem, verified };
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
    const expected = { node: row.node, question, terms, sealed };
    const opened = openAnswer(answer, expected, directory, deps.now());
    if (!opened.ok) return broken(opened.error.code);
    if (!agrees(row, opened.value)) return broken("answer.malformed");
    const records = await unseal(opened.value, deps.decryptionKeys);
    if (!records.ok) return broken(records.error.code);
    if (!disclosesOnly(terms, records.value)) return broken("answer.not-asked");
    const { held } = opened.value;
    return {
      ...row,
      ...ageOf(opened.value, oldestAsOf),
      records: [...records.value],
      ...(held !== undefined && { held }),
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
