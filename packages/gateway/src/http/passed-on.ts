import { answerMediaType, type Question, questionSchema } from "@xinqiao/protocol/exchange";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member, Peer } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { type AuthenticatedLookup, type LookUpDependencies, lookUp } from "../exchange/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { noteRefusal } from "./lookups.ts";
import type { MemberHandler, MemberRequest } from "./member-route.ts";

export interface PassedOnDependencies {
  readonly lookUp: LookUpDependencies;
  /** The city's own members: a question that was passed on goes to one of them and no further. */
  readonly own: () => Directory;
  readonly events: GatewayEvents;
}

/**
 * `POST /v1/answers`: another city's gateway passes a question of one of its members on to a member of this city
 * (PR-REGISTRY §7). It is decided, logged and asked as a lookup is, and answered with what that member has signed.
 */
export function passedOnHandler({ lookUp: deps, own, events }: PassedOnDependencies): MemberHandler {
  // Nobody but own members can be a target: whatever two cities pass to each other, it ends here.
  const directory = () => endingHere(deps.directory(), own());
  return async (request) => {
    const begun = deps.elapsed();
    const { ids, body, verified, claim } = request;
    const question = parseJson(body, questionSchema);
    const passed = question.ok ? passOn(question.value, request, deps.directory()) : question;
    if (!passed.ok) return err(await events.unreadable(passed.error, ids, verified.from.member.node, claim));
    const exchange = await lookUp(passed.value, { ...deps, directory });
    if (!exchange.ok) {
      await noteRefusal(exchange.error, ids, events);
      return exchange;
    }
    events.exchanged(exchange.value, ids, deps.elapsed() - begun);
    const [row] = exchange.value.results;
    return row?.answer === undefined
      ? err(fault(row?.code ?? "server.internal"))
      : ok({ text: row.answer, contentType: answerMediaType });
  };
}

function endingHere(everybody: Directory, own: Directory): Directory {
  return { ...everybody, answering: own.answering, jurisdictions: own.jurisdictions };
}

function passOn(
  question: Question,
  { verified, claim, trace, gone, signed, replyBeside }: MemberRequest,
  directory: Directory,
): Result<AuthenticatedLookup, Fault> {
  const requester = requesterOf(question, verified.from.member, directory);
  if (!requester.ok) return requester;
  if (question.exchange !== verified.requestId)
    return err(fault("request.id-invalid", "not the exchange's id"));
  const { subject, items, purpose, jurisdiction, remainingMs, authorisation } = question;
  return ok({
    lookup: {
      subject,
      items,
      purpose,
      jurisdictions: [jurisdiction],
      deadlineMs: remainingMs,
      ...(authorisation && { authorisation }),
    },
    requester: requester.value,
    forwardedBy: verified.from.member.node,
    exchange: question.exchange,
    askedAt: verified.signedAt,
    // One exchange of the other city asks several members here: each of them once.
    claim: { ...claim, keyId: `${claim.keyId} ${jurisdiction}` },
    trace,
    gone,
    signed,
    replyBeside,
  });
}

/** The sender is a peer's own gateway, and speaks for members of that very city. */
function requesterOf(
  { requester: node }: Question,
  sender: Member,
  directory: Directory,
): Result<Member, Fault> {
  if (directory.peerOf(sender.node)?.city !== sender.node) return err(fault("peer.not-a-peer"));
  const requester = directory.member(node);
  return requester !== undefined && mayRequest(requester, directory.peerOf(node), sender)
    ? ok(requester)
    : err(fault("peer.requester-not-theirs"));
}

/** The other city's own gateway is known for what it signs, and asks for itself only when its role was agreed on. */
function mayRequest({ role }: Member, peer: Peer | undefined, sender: Member): boolean {
  return peer?.city === sender.node && peer.roles.includes(role);
}
