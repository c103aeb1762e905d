import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { bookSummarySchema } from "./book.ts";
import { findingSchema, unprovenSchema } from "./compare.ts";
import { intervalSchema } from "./interval.ts";

const count = z.number().int().nonnegative();

const common = {
  iss: nodeIdSchema,
  /** Seconds since 1970. */
  iat: count,
  /** Whose book it is about. */
  member: nodeIdSchema,
  interval: intervalSchema,
  /** The book begins within the hour, at this second: what is older is in no book of the member. */
  since: count.optional(),
};

/** One side's word about an hour of a member's book: payload of a JWS, by the member or by its gateway. */
export const statementSchema = z.strictObject({
  ...common,
  ...bookSummarySchema.shape,
  /** The newest checkpoint of the log that the signer has cosigned or seen, as a note. */
  checkpoint: z.string().max(16_384).optional(),
});
export type Statement = z.infer<typeof statementSchema>;

/** Most findings that are named in one report. */
export const mostFindings = 300;

/** What a comparison came to: payload of a JWS of the gateway. */
export const reportSchema = z.strictObject({
  ...common,
  stated: bookSummarySchema,
  logged: bookSummarySchema,
  findings: z.array(findingSchema).max(mostFindings),
  /** How many more than are named. */
  more: count,
  /** As the member says: what the log's proofs do not show, and that the log is not the one that it has seen. */
  unproven: z.array(unprovenSchema).max(mostFindings),
  contradicts: z.literal(true).optional(),
});
export type Report = z.infer<typeof reportSchema>;

export const statementType = "xinqiao-book+jws";
export const reportType = "xinqiao-reconciliation+jws";

const sign = (value: object, type: string, signer: Signer) =>
  signCompact(Buffer.from(JSON.stringify(value)), type, signer);

export const signStatement = (statement: Statement, signer: Signer): Promise<string> =>
  sign(statement, statementType, signer);

export const signReport = (report: Report, signer: Signer): Promise<string> =>
  sign(report, reportType, signer);

/** Whose word is expected, about what. */
export interface ExpectedWord extends Pick<Statement, "member" | "interval"> {
  readonly signer: NodeId;
}

type Keys = Pick<Directory, "key">;

/** Opens a statement: signed by the one expected with a key valid when it was signed, about this very hour of this book. */
export function openStatement(text: string, expected: ExpectedWord, directory: Keys): Statement | undefined {
  return open(text, { type: statementType, schema: statementSchema }, expected, directory);
}

export function openReport(text: string, expected: ExpectedWord, directory: Keys): Report | undefined {
  return open(text, { type: reportType, schema: reportSchema }, expected, directory);
}

/** What a statement says about, before anything of it is believed. */
export function statedInterval(text: string): Statement["interval"] | undefined {
  const jws = readCompact(text, statementType);
  return jws && statementSchema.safeParse(payloadOf(jws)).data?.interval;
}

function open<T extends Statement | Report>(
  text: string,
  { type, schema }: { readonly type: string; readonly schema: z.ZodType<T> },
  { signer, member, interval }: ExpectedWord,
  directory: Keys,
): T | undefined {
  const jws = readCompact(text, type);
  const word = jws && schema.safeParse(payloadOf(jws)).data;
  if (jws === undefined || word === undefined) return undefined;
  const known = directory.key(jws.keyId);
  const meant = word.iss === signer && word.member === member && word.interval === interval;
  if (known?.member.node !== signer || !meant) return undefined;
  const signedAt = word.iat * 1000;
  const counts = countsAt(known, signedAt);
  return counts && verifyCompact(jws, known.verifier) ? word : undefined;
}
