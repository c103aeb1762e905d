import { z } from "zod";
import type { Item, Purpose } from "../catalogue/index.ts";
import {
  type AgreementKey,
  decryptCompact,
  encryptCompact,
  type Parties,
  readEncrypted,
} from "../encryption/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { type CreditRecord, recordSchema } from "../record/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import type { Answer } from "./answer.ts";
import { holdsOnlyWhatWasAsked } from "./asked-records.ts";

/** RFC 8725 §3.11: an explicit type, so that nothing else a member decrypts can pass for a sealed part. */
export const sealedType = "xinqiao-sealed+jwe";

/** The plaintext is filled up to a multiple of so many bytes: its length tells little of what it holds. */
export const sealedBlockBytes = 256;

/** What is sealed: the records, and once more whose they are (PR-EXCHANGE §6). */
const sealedPartSchema = z.strictObject({
  iss: nodeIdSchema,
  aud: nodeIdSchema,
  jti: z.uuid(),
  records: z.array(recordSchema).min(1),
});

/** Which answer a sealed part belongs to. */
type Place = Pick<Answer, "iss" | "aud" | "jti">;

/** Whether records leave for the requester's eyes alone: what the subject must authorise is nobody else's to read. */
export function mustBeSealed(
  items: readonly Pick<Item, "disclosure">[],
  purpose: Pick<Purpose, "authorisation">,
): boolean {
  return purpose.authorisation || items.some(({ disclosure }) => disclosure === "authorised");
}

/** Seals an answer's records to its requester's key. */
export function sealRecords(
  records: readonly CreditRecord[],
  { iss, aud, jti }: Place,
  key: AgreementKey,
): Promise<string> {
  const text = Buffer.from(JSON.stringify({ iss, aud, jti, records }));
  const filled = Buffer.alloc(Math.ceil(text.length / sealedBlockBytes) * sealedBlockBytes, " ");
  text.copy(filled);
  return encryptCompact(filled, sealedType, partiesOf({ iss, aud, jti }), key);
}

/** Who agrees on the key, and for what: it opens in no other answer. */
function partiesOf({ iss, aud, jti }: Place): Parties {
  return { from: iss, to: `${aud} ${jti}` };
}

/** What whoever carries a sealed part can tell without opening it; nothing when there is nothing to say. */
export function sealFault(sealed: string, place: Place): Fault | undefined {
  const jwe = readEncrypted(sealed, sealedType);
  if (jwe === undefined || jwe.length % sealedBlockBytes !== 0) return fault("answer.malformed");
  const { from, to } = partiesOf(place);
  return jwe.from === from && jwe.to === to ? undefined : fault("answer.for-another-request");
}

/**
 * The records of an answer that was opened: as they stand, or decrypted with the key they were sealed to and held to
 * the same question.
 * @param keys the requester's own, by thumbprint: retired ones too, as long as it holds them
 */
export async function unseal(
  answer: Answer,
  keys: ReadonlyMap<string, AgreementKey>,
): Promise<Result<readonly CreditRecord[], Fault>> {
  if (answer.sealed === undefined) return ok(answer.records);
  const jwe = readEncrypted(answer.sealed, sealedType);
  const key = jwe && keys.get(jwe.keyId);
  const plaintext = jwe && key && (await decryptCompact(jwe, key));
  const part = plaintext && parsePart(plaintext);
  if (part === undefined) return err(fault("answer.sealed-unreadable"));
  const { iss, aud, jti, records } = part;
  if (iss !== answer.iss || aud !== answer.aud || jti !== answer.jti) {
    return err(fault("answer.for-another-request"));
  }
  return holdsOnlyWhatWasAsked(records, answer) ? ok(records) : err(fault("answer.not-asked"));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parsePart(plaintext: Uint8Array): z.infer<typeof sealedPartSchema> | undefined {
  try {
    return sealedPartSchema.safeParse(JSON.parse(utf8.decode(plaintext))).data;
  } catch {
    return undefined;
  }
}
