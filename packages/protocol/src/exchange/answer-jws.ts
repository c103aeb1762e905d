import { clockToleranceSeconds } from "../clock/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type CompactJws, payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Answer, answerSchema } from "./answer.ts";
import { type AnswerTerms, disclosesOnly, holdsOnlyWhatWasAsked } from "./asked-records.ts";
import type { Question } from "./lookup.ts";
import { sealFault } from "./sealed.ts";

/** RFC 8725 §3.11: an explicit type, so that no other JWS of a member can pass for an answer. */
export const answerType = "xinqiao-answer+jws";

export const answerMediaType = "application/jose";

/** Seconds an answer may be handed on after it was made. */
export const answerLifetimeSeconds = 300;

export function signAnswer(answer: Answer, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(answer)), answerType, signer);
}

/** What was asked and of whom: an answer that does not fit it is refused. */
export interface Expected {
  /** Who signs it. */
  readonly node: NodeId;
  /** Whose records they are, where the city answers from its copy of them. */
  readonly copyOf?: NodeId;
  readonly question: Omit<Question, "remainingMs">;
  /** Whether records must come sealed (`mustBeSealed`); otherwise none may. */
  readonly sealed: boolean;
  /** What the catalogue says of answers for the purpose asked. */
  readonly terms: AnswerTerms;
}

/**
 * Opens an answer: known key, of the node asked, valid signature, this very question, in time, sealed when it must
 * be, no record that was not asked for, and nothing that the purpose does not disclose (PR-EXCHANGE §6). Gateway and
 * requester both call this; what is sealed only the requester opens (`unseal`).
 */
export function openAnswer(
  text: string,
  expected: Expected,
  directory: Pick<Directory, "key">,
  now: number,
): Result<Answer, Fault> {
  const signed = openSignedAnswer(text, expected.node, directory, now);
  if (!signed.ok) return signed;
  const answer = signed.value;
  if (!fits(answer, expected)) return err(fault("answer.for-another-request"));
  const seconds = now / 1000;
  if (!isCurrent(answer, seconds)) {
    return err(fault("answer.expired", undefined, { skewSeconds: Math.round(answer.iat - seconds) }));
  }
  const unsealed = sealingFault(answer, expected);
  if (unsealed !== undefined) return err(unsealed);
  return holdsOnlyWhatWasAsked(answer.records, answer) && keepsTo(expected.terms, answer)
    ? ok(answer)
    : err(fault("answer.not-asked"));
}

/** An answer as its node signed it, with a key that counts at `now`; whether it answers anything is not looked at. */
export function openSignedAnswer(
  text: string,
  node: NodeId,
  directory: Pick<Directory, "key">,
  now: number,
): Result<Answer, Fault> {
  const jws = readCompact(text, answerType);
  if (jws === undefined) return err(fault("answer.malformed"));
  const signed = checkSignature(jws, node, directory, now);
  if (!signed.ok) return signed;
  const answer = readAnswer(jws);
  return answer === undefined ? err(fault("answer.malformed")) : ok(answer);
}

/** What nobody on the way may read is sealed, and all else can be read by whoever must check it. */
function sealingFault(answer: Answer, expected: Expected): Fault | undefined {
  if (answer.sealed !== undefined) {
    return expected.sealed ? sealFault(answer.sealed, answer) : fault("answer.malformed");
  }
  const clear = answer.records.length > 0 || (answer.held ?? []).length > 0;
  return expected.sealed && clear ? fault("answer.not-sealed") : undefined;
}

/** A node may not stretch its answer's life: what it said is true for its day, not for ever. */
function isCurrent({ iat, exp }: Answer, seconds: number): boolean {
  return iat <= seconds + clockToleranceSeconds && seconds <= exp && exp - iat <= answerLifetimeSeconds;
}

function checkSignature(
  jws: CompactJws,
  node: NodeId,
  directory: Pick<Directory, "key">,
  now: number,
): Result<void, Fault> {
  const known = directory.key(jws.keyId, node);
  if (known === undefined || !countsAt(known, now)) {
    return err(fault("answer.key-unknown"));
  }
  if (known.member.node !== node) return err(fault("answer.key-of-another-member"));
  return verifyCompact(jws, known.verifier) ? ok(undefined) : err(fault("answer.signature-invalid"));
}

function readAnswer(jws: CompactJws): Answer | undefined {
  const answer = answerSchema.safeParse(payloadOf(jws)).data;
  return answer && isOneStory(answer) ? answer : undefined;
}

/**
 * Something held comes, in records, sealed, or by name, with `ok` and only with it, a refusal with `refused`, and the age
 * of the data with all else.
 */
function isOneStory({ status, records, sealed, held, refusal, asOf }: Answer): boolean {
  const refused = status === "refused";
  const named = held !== undefined && held.length > 0;
  const ways = Number(records.length > 0) + Number(sealed !== undefined) + Number(named);
  return (
    ways === (status === "ok" ? 1 : 0) &&
    refused === (refusal !== undefined) &&
    refused === (asOf === undefined) &&
    (!refused || held === undefined)
  );
}

function fits(answer: Answer, { node, copyOf, question }: Expected): boolean {
  return (
    answer.iss === node &&
    answer.copyOf === copyOf &&
    answer.aud === question.requester &&
    answer.jti === question.exchange &&
    answer.purpose === question.purpose &&
    answer.jurisdiction === question.jurisdiction &&
    answer.subject.kind === question.subject.kind &&
    answer.subject.scheme === question.subject.scheme &&
    answer.subject.id === question.subject.id &&
    answer.items.length === question.items.length &&
    answer.items.every((item, index) => item === question.items[index])
  );
}

/** A yes or no where that is all the purpose may know; else records, of the columns that it may know. */
function keepsTo(terms: AnswerTerms, { status, items, records, sealed, held }: Answer): boolean {
  if (status === "refused") return true;
  if (terms.answers !== "yes-no") return held === undefined && disclosesOnly(terms, records);
  return (
    held !== undefined &&
    records.length === 0 &&
    sealed === undefined &&
    new Set(held).size === held.length &&
    held.every((item) => items.includes(item))
  );
}
