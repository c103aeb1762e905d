import { randomBytes, randomUUID } from "node:crypto";
import { type Exchange, exchangeSchema, type Lookup } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { problemSchema } from "@xinqiao/protocol/problem";
import { createDirectory } from "@xinqiao/protocol/registry";
import { fieldReader, type OutgoingRequest, signRequest, verifyResponse } from "@xinqiao/protocol/signing";
import { request } from "undici";
import type { TestGateway } from "./gateway.ts";
import type { Party } from "./party.ts";

/** A synthetic enterprise nobody could mistake for a real one. */
export const sampleUscc: string = composeUscc({ division: "440300", serial: "TEXT0001" });

export function sampleLookup(change: object = {}): Record<string, unknown> {
  return {
    subject: { kind: "enterprise", scheme: "uscc", id: sampleUscc },
    items: ["penalty"],
    purpose: "bid-review",
    jurisdictions: "all",
    ...change,
  };
}

/** Where lookups go, and whose signature the replies carry. */
export type City = Pick<TestGateway, "origin" | "city">;

export interface Prepared {
  readonly url: string;
  readonly outgoing: OutgoingRequest;
  headers: Record<string, string>;
  body: Buffer;
}

export interface SignOptions {
  readonly now?: number;
  readonly lifetime?: number;
  readonly nonce?: string;
  readonly change?: Partial<OutgoingRequest>;
  readonly path?: string;
}

/** Signs a body as a party would; the test may then tamper with what it gets. */
export async function prepare(
  party: Pick<Party, "signer"> & { readonly member: Pick<Party["member"], "node"> },
  gateway: Pick<City, "origin">,
  body: unknown,
  {
    now = Date.now(),
    nonce = randomBytes(16).toString("base64url"),
    lifetime = 60,
    change,
    path = "/v1/lookups",
  }: SignOptions = {},
): Promise<Prepared> {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const url = `${gateway.origin}${path}`;
  const outgoing: OutgoingRequest = {
    method: "POST",
    targetUri: url,
    body: bytes,
    contentType: "application/json",
    requestId: randomUUID(),
    from: party.member.node,
    to: "sz" as OutgoingRequest["to"],
    ...change,
  };
  const headers = await signRequest(outgoing, { signer: party.signer, now, nonce, lifetime });
  return { url, outgoing, headers, body: bytes };
}

export interface Sent {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The stable code of a problem document. */
  readonly code: string | undefined;
  readonly facts: Record<string, unknown> | undefined;
}

export async function send({ url, headers, body }: Omit<Prepared, "outgoing">): Promise<Sent> {
  const reply = await request(url, { method: "POST", headers, body });
  const text = await reply.body.text();
  const problem = problemSchema.safeParse(text.startsWith("{") ? JSON.parse(text) : undefined).data;
  return {
    status: reply.statusCode,
    headers: reply.headers,
    text,
    code: problem?.code,
    facts: problem?.facts,
  };
}

/** One whole lookup: signed, sent, its reply verified. Throws when it is not an exchange. */
export async function ask(party: Party, gateway: City, lookup: object | Lookup): Promise<Exchange> {
  const prepared = await prepare(party, gateway, lookup);
  const sent = await send(prepared);
  if (sent.status !== 200) throw new Error(`refused: ${sent.text}`);
  expectSigned(sent, prepared, gateway);
  return exchangeSchema.parse(JSON.parse(sent.text));
}

/** The reply is the city's own, over this very request. */
export function expectSigned(sent: Sent, prepared: Prepared, gateway: City): void {
  const directory = createDirectory({ version: 1, members: [gateway.city.member] });
  if (!directory.ok) throw new Error(directory.error.join());
  const { outgoing, headers } = prepared;
  const verified = verifyResponse(
    {
      status: sent.status,
      field: fieldReader(sent.headers),
      request: { method: outgoing.method, targetUri: outgoing.targetUri, field: fieldReader(headers) },
    },
    Buffer.from(sent.text),
    { key: directory.value.key, self: outgoing.from, now: Date.now() },
  );
  if (!verified.ok) throw new Error(`reply does not verify: ${verified.error.code}`);
}
