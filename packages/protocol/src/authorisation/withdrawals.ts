import { z } from "zod";
import { clockToleranceSeconds } from "../clock/index.ts";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { carriedAuthorisationSchema } from "./authorisation.ts";

export const withdrawalsType = "xinqiao-withdrawals+jws";

export const withdrawalsMediaType = "application/jose";

/** Most that one page lists. */
export const withdrawalsPage = 1_000;

/** A subject takes its authorisation back: body of `POST /v1/authorisations/withdrawals`, from the member that signed it. */
export const withdrawalSchema = z.strictObject({
  authorisation: z.uuid(),
  token: carriedAuthorisationSchema.shape.token,
});
export type Withdrawal = z.infer<typeof withdrawalSchema>;

/** The city's word that it is withdrawn, and where its log says so. */
export const withdrawalReceiptSchema = z.strictObject({
  authorisation: z.uuid(),
  log: z.strictObject({
    origin: z.string(),
    index: z.number().int().nonnegative(),
    size: z.number().int().positive(),
    root: z.string(),
  }),
});
export type WithdrawalReceipt = z.infer<typeof withdrawalReceiptSchema>;

const count = z.number().int().nonnegative();

/**
 * One page of a city's withdrawn authorisations, numbered as they came: the payload of a JWS of its gateway
 * (PR-EXCHANGE §13). Those past their own end are left out.
 */
export const withdrawalsSchema = z.strictObject({
  iss: nodeIdSchema,
  /** When it was so: seconds since 1970. */
  iat: count,
  /** The page lists what came behind this number … */
  after: count,
  /** … up to and with this one. */
  next: count,
  /** The newest number there was. */
  last: count,
  withdrawn: z.array(z.strictObject({ iss: nodeIdSchema, id: z.uuid(), exp: count })).max(withdrawalsPage),
});
export type Withdrawals = z.infer<typeof withdrawalsSchema>;

export function signWithdrawals(page: Withdrawals, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(page)), withdrawalsType, signer);
}

/** Opens a page: signed by the gateway expected, with a key that is valid now, and not from the future. */
export function openWithdrawals(
  text: string,
  gateway: NodeId,
  directory: Pick<Directory, "key">,
  now: number,
): Result<Withdrawals, Fault> {
  const invalid = (detail: string) => err(fault("gateway.response-invalid", detail));
  const jws = readCompact(text, withdrawalsType);
  if (jws === undefined) return invalid("no list of withdrawals");
  const known = directory.key(jws.keyId);
  const valid = known?.member.node === gateway && countsAt(known, now);
  if (!valid || !verifyCompact(jws, known.verifier)) return invalid("the list is not signed by the gateway");
  const page = withdrawalsSchema.safeParse(payloadOf(jws)).data;
  if (page?.iss !== gateway) return invalid("no list of withdrawals of the gateway");
  return page.iat <= now / 1000 + clockToleranceSeconds ? ok(page) : invalid("the list is from the future");
}
