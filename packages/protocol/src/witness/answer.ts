import {
  type Cosignature,
  parseSize,
  type SignedCheckpoint,
  verifyCosignatures,
  type Witness,
} from "../checkpoint/index.ts";
import { type NoteFault, parseSignatures } from "../note/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import type { WitnessJudgement } from "./judge.ts";

/** What a request that is none is answered with. */
export const malformedStatus = 400;
/** Of the answer that says where the witness is. */
export const heldSizeMediaType = "text/x.tlog.size";

const statuses: Readonly<Record<WitnessJudgement["kind"], number>> = {
  cosign: 200,
  "old-size-too-large": 400,
  "signature-invalid": 403,
  "unknown-origin": 404,
  conflict: 409,
  fork: 409,
  "rolled-back": 409,
  "proof-invalid": 422,
};

/** The HTTP status that C2SP tlog-witness has for a judgement. */
export function statusOf({ kind }: WitnessJudgement): number {
  return statuses[kind];
}

/** The body of a 409: the size that the witness holds. */
export function formatHeldSize(size: number): string {
  return `${size}\n`;
}

/** Reads the body of a 409. */
export function parseHeldSize(body: string): number | undefined {
  return body.endsWith("\n") ? parseSize(body.slice(0, -1)) : undefined;
}

/**
 * What a witness answered: its newest cosignature of the checkpoint, verified. Lines of keys that are not its own are left
 * out; an answer without any of its own is refused as unsigned. One, however many it sent: a note has room for everybody.
 */
export function cosignatureIn(
  { note }: SignedCheckpoint,
  answer: string,
  witnesses: readonly Witness[],
): Result<Cosignature, NoteFault> {
  const lines = parseSignatures(answer);
  if (!lines.ok) return lines;
  const cosigned = verifyCosignatures({ text: note.text, signatures: lines.value }, witnesses);
  if (!cosigned.ok) return cosigned;
  const [newest] = cosigned.value.toSorted((one, other) => other.time - one.time);
  return newest === undefined ? err({ reason: "unsigned" }) : ok(newest);
}
