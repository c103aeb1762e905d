import { z } from "zod";
import { clockToleranceSeconds } from "../clock/index.ts";
import { type NodeId, nodeIdSchema, type Subject, subjectSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { logHeadSchema } from "./search.ts";

export const statementType = "xinqiao-statement+jws";

/** Uses that one statement lists. */
export const statementUses = 1_000;

/** Body of `POST /v1/audit/statements`: a subject whose identity the member has checked asks who looked it up. */
export const statementRequestSchema = z.strictObject({ subject: subjectSchema });
export type StatementRequest = z.infer<typeof statementRequestSchema>;

const index = z.number().int().nonnegative();

/** One lookup about the subject. */
export const statedUseSchema = z.strictObject({
  exchange: z.uuid(),
  at: z.iso.datetime(),
  /** Who looked. */
  member: nodeIdSchema,
  /** Null: a purpose that nobody knows; it was refused. */
  purpose: z.string().nullable(),
  /** `complete`, `partial`, `interrupted`, `open`, or the code by which it was refused. */
  outcome: z.string(),
  /** By whose authorisation, where one was given; its id, as far as it is still kept. */
  authorisation: z.strictObject({ id: z.uuid().optional(), issuer: nodeIdSchema }).optional(),
  /** Of its entry in the city's log. */
  index,
});
export type StatedUse = z.infer<typeof statedUseSchema>;

/** A city's word of who looked a subject up: the payload of a JWS of its gateway, for the subject to keep. */
export const statementSchema = z.strictObject({
  iss: nodeIdSchema,
  /** The member that asked on the subject's behalf. */
  aud: nodeIdSchema,
  /** Seconds since 1970. */
  iat: index,
  subject: subjectSchema,
  /** Newest first. */
  uses: z.array(statedUseSchema).max(statementUses),
  /** Whether there are older ones that the statement has no room for. */
  cut: z.boolean(),
  /** The tree in which they stand, and beyond which nothing was looked for. */
  head: logHeadSchema,
});
export type Statement = z.infer<typeof statementSchema>;

export const statementAnswerSchema = z.strictObject({ statement: z.string() });

export function signStatement(statement: Statement, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(statement)), statementType, signer);
}

export interface ExpectedStatement {
  readonly gateway: NodeId;
  readonly member: NodeId;
  readonly subject: Subject;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Opens a statement: of the gateway expected, about the subject asked for, not from the future. */
export function openStatement(
  text: string,
  { gateway, member, subject, now }: ExpectedStatement,
  directory: Pick<Directory, "key">,
): Result<Statement, Fault> {
  const invalid = (detail: string) => err(fault("gateway.response-invalid", detail));
  const jws = readCompact(text, statementType);
  if (jws === undefined) return invalid("no statement");
  const known = directory.key(jws.keyId);
  const valid = known?.member.node === gateway && countsAt(known, now);
  if (!valid || !verifyCompact(jws, known.verifier))
    return invalid("the statement is not signed by the gateway");
  const statement = statementSchema.safeParse(payloadOf(jws)).data;
  if (statement?.iss !== gateway || statement.aud !== member) return invalid("a statement of or for another");
  const { scheme, id } = statement.subject;
  if (scheme !== subject.scheme || id !== subject.id) return invalid("a statement about another subject");
  return statement.iat <= now / 1000 + clockToleranceSeconds ? ok(statement) : invalid("from the future");
}
