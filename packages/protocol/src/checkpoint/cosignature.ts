import type { NodeId } from "../identity/index.ts";
import { importLater, isValidAt, type Signer } from "../keys/index.ts";
import {
  assertSame,
  type Note,
  type NoteFault,
  type NoteKey,
  type NoteSignature,
  type NoteVerifier,
  signatureOf,
  verifiedSignatures,
} from "../note/index.ts";
import { ok, type Result } from "../result/index.ts";
import type { Witness } from "./parties.ts";

const timeBytes = 8;

/** C2SP tlog-cosignature: the first lines keep it apart from everything else that the same key signs. */
function cosignedMessage(text: string, time: number | bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}

/**
 * "This extends everything that I have seen of this log": one signature line for a checkpoint's note.
 * @param time seconds since 1970
 */
export async function cosign(
  text: string,
  key: NoteKey<"cosignature">,
  signer: Signer,
  time: number,
): Promise<NoteSignature> {
  assertSame(key, signer);
  if (!Number.isSafeInteger(time) || time < 0) throw new RangeError("time is whole seconds since 1970");
  const head = Buffer.alloc(timeBytes);
  head.writeBigUInt64BE(BigInt(time));
  const signature = await signer.sign(cosignedMessage(text, time));
  return signatureOf(key, Buffer.concat([head, signature]));
}

export function cosignatureVerifier(key: NoteKey<"cosignature">): NoteVerifier {
  const verifier = importLater(key.jwk);
  return {
    key,
    verify(text, bytes) {
      const time = timeOf(bytes);
      return time !== undefined && verifier.verify(cosignedMessage(text, time), bytes.subarray(timeBytes));
    },
  };
}

/** Seconds since 1970, where they are counted exactly: a later time is nobody's clock. */
function timeOf(bytes: Uint8Array): number | undefined {
  if (bytes.length <= timeBytes) return undefined;
  const time = Number(Buffer.from(bytes).readBigUInt64BE());
  return Number.isSafeInteger(time) ? time : undefined;
}

/** That a member has seen this checkpoint follow the ones before it. */
export interface Cosignature {
  readonly member: NodeId;
  /** Seconds since 1970, as the member says. */
  readonly time: number;
  readonly signature: NoteSignature;
}

/**
 * Who cosigned a checkpoint and when: none at all is no fault. A line of a key that did not count at the time it states
 * is passed over; one that a known key did not make refuses the note, as any signature does.
 */
export function verifyCosignatures(
  note: Note,
  witnesses: readonly Witness[],
): Result<readonly Cosignature[], NoteFault> {
  const verified = verifiedSignatures(
    note,
    witnesses.map(({ key }) => cosignatureVerifier(key)),
  );
  if (!verified.ok) return verified;
  return ok(
    verified.value.flatMap((signature) => {
      const time = timeOf(signature.bytes);
      const witness = witnesses.find(({ key }) => key.name === signature.name && key.id === signature.keyId);
      if (time === undefined || witness === undefined || !isValidAt(witness, time * 1000)) return [];
      return [{ member: witness.member, time, signature }];
    }),
  );
}
