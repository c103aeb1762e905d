import {
  type Authorisation,
  type CarriedAuthorisation,
  signAuthorisation,
} from "@xinqiao/protocol/authorisation";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { type NodeId, parseSubject, subjectText } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { commit, commitmentKeyBytes } from "@xinqiao/protocol/log";
import { resolveAsked } from "@xinqiao/protocol/policy";
import { asResult, type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { Entropy } from "@xinqiao/runtime/entropy";
import type { AuthorisationBook } from "./port.ts";
import type { AuthorisationRequest } from "./request.ts";

export interface IssueDependencies {
  readonly node: NodeId;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  /** Identifiers really issued with a wrong check character: the operator's list. */
  readonly identifierExceptions: ReadonlySet<string>;
  readonly signer: Signer;
  readonly entropy: Pick<Entropy, "bytes" | "uuid">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly book: AuthorisationBook;
}

/** What the platform gets to hand on: token and key go to whoever may ask, the id is for withdrawing. */
export interface IssuedAuthorisation extends CarriedAuthorisation {
  readonly id: string;
}

/** Signs what a subject permitted at this member's counter or app. The member answers for the subject's identity. */
export async function issueAuthorisation(
  request: AuthorisationRequest,
  deps: IssueDependencies,
): Promise<Result<IssuedAuthorisation, Fault>> {
  const objection = objectionTo(request, deps);
  if (objection) return err(objection);
  const { node, signer, entropy, now, book } = deps;
  const [key, proofKey] = [entropy.bytes(commitmentKeyBytes), entropy.bytes(commitmentKeyBytes)];
  const iat = Math.floor(now() / 1000);
  const { method, reference } = request.proof;
  const authorisation: Authorisation = {
    iss: node,
    jti: entropy.uuid(),
    sub: commit(key, subjectText(request.subject)),
    aud: request.requester,
    purpose: request.purpose,
    items: request.items,
    iat,
    exp: iat + request.days * 86_400,
    uses: request.uses,
    proof: { method, reference: commit(proofKey, reference) },
  };
  const signed = await asResult(() => signAuthorisation(authorisation, signer));
  if (!signed.ok) return signed;
  const token = signed.value;
  const { jti: id, exp } = authorisation;
  // Nothing is given out that could not be withdrawn.
  book.keep({ id, token, proofKey, expiresAt: exp * 1000 });
  return ok({ id, token, key: Buffer.from(key).toString("base64url") });
}

/** What could never be used is not signed: the subject would be told that it had permitted something. */
function objectionTo(
  request: AuthorisationRequest,
  { directory, catalogue, identifierExceptions }: IssueDependencies,
): Fault | undefined {
  const subject = parseSubject(request.subject, { exceptions: identifierExceptions });
  if (!subject.ok) return subject.error;
  if (directory().member(request.requester)?.status !== "active") return fault("policy.member-not-active");
  const asked = resolveAsked(request, catalogue());
  if (!asked.ok) return asked.error;
  const { items, purpose } = asked.value;
  const outside = items.find(({ code }) => !purpose.items.includes(code));
  return (
    outside && fault("policy.purpose-excludes-item", undefined, { purpose: purpose.code, item: outside.code })
  );
}
