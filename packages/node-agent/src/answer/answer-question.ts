import {
  type Authorisation,
  type PresentedAuthorisation,
  presentAuthorisation,
} from "@xinqiao/protocol/authorisation";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { AgreementKey } from "@xinqiao/protocol/encryption";
import {
  type Answer,
  answerLifetimeSeconds,
  disclosed,
  type Question,
  sealRecords,
  signAnswer,
} from "@xinqiao/protocol/exchange";
import { type Jurisdiction, type NodeId, parseSubject } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { type Decision, decide, decideStanding, type Rule, resolveAsked } from "@xinqiao/protocol/policy";
import { asResult, type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, RegistryStanding } from "@xinqiao/protocol/registry";
import { ok, type Result } from "@xinqiao/protocol/result";
import { sealingKey } from "../policy/index.ts";
import type { RecordSource } from "../source/index.ts";

export interface AnswerDependencies {
  readonly node: NodeId;
  readonly jurisdiction: string | undefined;
  readonly directory: () => Directory;
  readonly standing: (graceSeconds?: number) => RegistryStanding;
  readonly catalogue: () => Catalogue;
  readonly rules: readonly Rule[];
  /** Identifiers really issued with a wrong check character: the operator's list. */
  readonly identifierExceptions: ReadonlySet<string>;
  readonly source: Pick<RecordSource, "find">;
  /** Why an authorisation does not stand any more, as far as this node knows. */
  readonly authorisationStanding: (authorisation: Authorisation) => Fault | undefined;
  readonly signer: Signer;
  readonly now: () => number;
  /** The local calendar day of an instant, `YYYY-MM-DD`: publication ends by the day. */
  readonly dayOf: (now: number) => string;
}

/** What was answered, for this node's own books; the text is the signed answer. */
export interface SignedAnswer {
  readonly status: Answer["status"];
  readonly refusal: Answer["refusal"];
  readonly recordCount: number;
  /** When it was signed: seconds since 1970. */
  readonly at: number;
  readonly text: string;
}

type Body = Pick<Answer, "status" | "records" | "sealed" | "held" | "refusal" | "asOf" | "gaps">;

/** Allowed may mean: for the requester's eyes alone, sealed to this key. */
type Decided =
  | Extract<Decision, { allowed: false }>
  | { readonly allowed: true; readonly sealTo: AgreementKey | undefined };

/**
 * Decides by this node's own policy, reads its source, and signs what it says. A refusal is an
 * answer; only a source that cannot be read, and a key that cannot be reached, is a fault.
 */
export async function answerQuestion(
  question: Question,
  deps: AnswerDependencies,
  signal: AbortSignal,
): Promise<Result<SignedAnswer, Fault>> {
  const catalogue = deps.catalogue();
  const decision = decideQuestion(question, catalogue, deps);
  const body = decision.allowed
    ? await disclose(question, catalogue, deps, signal)
    : ok(refusal(decision.rule, decision.fault));
  if (!body.ok) return body;
  const sealTo = decision.allowed ? decision.sealTo : undefined;
  const answer = await bind(body.value, question, sealTo, deps);
  const text = await asResult(() => signAnswer(answer, deps.signer));
  if (!text.ok) return text;
  return ok({
    status: body.value.status,
    refusal: body.value.refusal,
    recordCount: body.value.records.length,
    at: answer.iat,
    text: text.value,
  });
}

/** The answer to this very question, its records sealed where they must be. */
async function bind(
  body: Body,
  question: Question,
  sealTo: AgreementKey | undefined,
  deps: AnswerDependencies,
): Promise<Answer> {
  const seconds = Math.floor(deps.now() / 1000);
  const place = { iss: deps.node, aud: question.requester, jti: question.exchange };
  const answer = {
    ...place,
    iat: seconds,
    exp: seconds + answerLifetimeSeconds,
    jurisdiction: question.jurisdiction,
    purpose: question.purpose,
    subject: question.subject,
    items: question.items,
    ...body,
  };
  if (sealTo === undefined || body.records.length === 0) return answer;
  return { ...answer, records: [], sealed: await sealRecords(body.records, place, sealTo) };
}

function decideQuestion(question: Question, catalogue: Catalogue, deps: AnswerDependencies): Decided {
  const refuse = (rule: string, reason: Fault): Decided => ({ allowed: false, rule, fault: reason });
  const requester = deps.directory().member(question.requester);
  if (requester === undefined) return refuse("requester-known", fault("policy.member-not-active"));
  const peer = deps.directory().peerOf(requester.node);
  if (peer !== undefined && !peer.roles.includes(requester.role)) {
    return refuse("requester-agreed", fault("peer.requester-not-theirs"));
  }
  const standing = decideStanding(requester);
  if (!standing.allowed) return standing;
  if (question.jurisdiction !== deps.jurisdiction) {
    return refuse("jurisdiction-ours", fault("lookup.jurisdiction-unknown"));
  }
  const subject = parseSubject(question.subject, { exceptions: deps.identifierExceptions });
  if (!subject.ok) return refuse("subject-valid", subject.error);
  const asked = resolveAsked(question, catalogue);
  if (!asked.ok) return refuse("catalogue-knows", asked.error);
  const request = {
    requester,
    subjectKind: question.subject.kind,
    ...asked.value,
    jurisdictions: [question.jurisdiction],
    agreed: (jurisdiction: Jurisdiction) =>
      deps.directory().agreed(requester, jurisdiction, question.purpose, deps.now()),
    authorisation: present(question, deps),
    today: deps.dayOf(deps.now()),
    standing: deps.standing,
  };
  const decision = decide(deps.rules, request);
  if (!decision.allowed) return decision;
  const key = sealingKey(request, deps.now());
  return key.ok ? { allowed: true, sealTo: key.value } : refuse("requester-can-unseal", key.error);
}

/** Opened by this node for itself: the gateway's word that one was given is not enough. */
function present(
  { authorisation, subject }: Question,
  { directory, now, authorisationStanding: standing }: AnswerDependencies,
): PresentedAuthorisation | undefined {
  if (authorisation === undefined) return undefined;
  return presentAuthorisation(authorisation, { subject, directory: directory(), now: now(), standing });
}

function refusal(rule: string, { code }: Fault): Body {
  return { status: "refused", records: [], refusal: { code, rule } };
}

async function disclose(
  question: Question,
  catalogue: Catalogue,
  deps: AnswerDependencies,
  signal: AbortSignal,
): Promise<Result<Body, Fault>> {
  const found = await deps.source.find({ subject: question.subject, items: question.items }, signal);
  if (!found.ok) return found;
  const { asOf, gaps = [] } = found.value;
  if (gaps.filter(({ reason }) => reason === "not-held").length === question.items.length) {
    return ok(refusal("source-holds-items", fault("source.item-not-held")));
  }
  const today = deps.dayOf(deps.now());
  const { items } = question;
  const purpose = catalogue.purposes.get(question.purpose);
  const said = disclosed(found.value.records, { items, purpose, catalogue, today });
  return ok({ ...said, asOf, ...(gaps.length > 0 && { gaps: [...gaps] }) });
}
