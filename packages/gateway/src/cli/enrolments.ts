import { randomUUID } from "node:crypto";
import {
  type Enrolment,
  fingerprint,
  invitationSchema,
  openEnrolment,
  sameFingerprint,
  signInvitation,
} from "@xinqiao/protocol/enrolment";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import { thumbprint } from "@xinqiao/protocol/keys";
import type { Code } from "@xinqiao/protocol/problem";
import type { Member, RegistryDocument } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import { readSigner } from "@xinqiao/runtime/keys";
import { openActsFolder } from "../acts/index.ts";
import { openEnrolmentFolder, type QueuedEnrolment } from "../enrolment/index.ts";
import { endKey, keptQuotas, renewed } from "./members.ts";
import { openForPublishing, type Publishing } from "./publishing.ts";

export interface InviteOptions {
  readonly home: string;
  /** Those left out are as the registry lists them, for a member that comes back. */
  readonly nameZh?: string;
  readonly nameEn?: string;
  readonly role?: string;
  readonly division?: string;
  readonly jurisdiction?: string;
  readonly items?: string;
  readonly purposes?: string;
  readonly hours: string;
}

const hourSeconds = 3_600;
const list = (text: string | undefined) => text?.split(",").filter(Boolean);

/** What the operator hands to the member to be: one line of text, good once and for so many hours. */
export async function invite(node: string, options: InviteOptions, now: () => number): Promise<string> {
  const { config, newest } = await openForPublishing(options.home, now);
  const signer = await readSigner(config.registryKey);
  const iat = Math.floor(now() / 1000);
  const { directory } = await newest();
  const known = directory.member(nodeIdSchema.parse(node));
  const jurisdiction = options.jurisdiction ?? known?.jurisdiction;
  const holder = directory.answering(jurisdictionSchema.parse(jurisdiction ?? node));
  if (holder !== undefined && holder.node !== node) {
    throw new CommandError(`${jurisdiction} is answered by ${holder.node} · 该辖区已有应答成员`);
  }
  const parsed = parseConfig(invitationSchema, {
    iss: config.node,
    origin: config.origin,
    registryKey: signer.keyId,
    jti: randomUUID(),
    iat,
    exp: iat + Math.round(Number(options.hours) * hourSeconds),
    node,
    name: { zh: options.nameZh ?? known?.name.zh, en: options.nameEn ?? known?.name.en },
    role: options.role ?? known?.role ?? "district",
    division: options.division ?? known?.division,
    ...(jurisdiction !== undefined && { jurisdiction }),
    scope: {
      items: list(options.items) ?? known?.scope.items ?? "all",
      purposes: list(options.purposes) ?? known?.scope.purposes ?? "all",
    },
  });
  if (!parsed.ok) throw new ConfigError("options", parsed.error);
  const { jti, exp, role } = parsed.value;
  const text = await signInvitation(parsed.value, signer);
  const until = new Date(exp * 1000).toISOString();
  const act = { kind: "member.invited", exchange: null, actor: null, invitation: jti, until } as const;
  await openActsFolder(config.acts).leave(jti, { ...act, node: parsed.value.node, role }, now());
  return text;
}

/** A request that waits, opened: what it would change, and what the member must read out. */
export interface WaitingRequest extends Enrolment {
  readonly fingerprint: string;
  readonly receivedAt: string;
}

/** What waits: requests that can be approved, and those that cannot any more, with the reason. */
export interface Waiting {
  readonly requests: readonly WaitingRequest[];
  readonly stale: readonly { readonly queued: QueuedEnrolment; readonly code: Code }[];
}

export async function waitingRequests(
  { config, newest }: Pick<Publishing, "config" | "newest">,
  now: number,
): Promise<Waiting> {
  const { document, directory } = await newest();
  const context = { city: config.node, keys: document.keys, directory };
  const requests: WaitingRequest[] = [];
  const stale: Waiting["stale"][number][] = [];
  for (const queued of await openEnrolmentFolder(config.enrolments).pending()) {
    const { text, receivedAt } = queued;
    // An invitation may have run out since, waiting for an operator; a key that endorses must count still.
    const received = openEnrolment(text, context, Date.parse(receivedAt));
    const request =
      received.ok && received.value.by === "endorsement" ? openEnrolment(text, context, now) : received;
    if (request.ok) requests.push({ ...request.value, fingerprint: fingerprint(text), receivedAt });
    else stale.push({ queued, code: request.error.code });
  }
  return { requests, stale };
}

export function describeWaiting({ requests, stale }: Waiting): string {
  const lines = [
    ...requests.map(describeRequest),
    ...stale.map(({ queued: { node, receivedAt }, code }) => [node, code, receivedAt].join("\t")),
  ];
  return lines.length === 0 ? "none waits · 无待审批申请" : lines.join("\n");
}

function describeRequest({ member, by, key, fingerprint, receivedAt }: WaitingRequest): string {
  const { node, role, name, jurisdiction = "-", endpoint = "-", encryptionKeys = [] } = member;
  const keys = [key, ...encryptionKeys].map(({ jwk }) => thumbprint(jwk));
  return [node, role, name.zh, jurisdiction, endpoint, by, ...keys, fingerprint, receivedAt].join("\t");
}

export interface ApproveOptions {
  readonly home: string;
  /** What the member read out; a request that a key of the member endorses needs none. */
  readonly fingerprint?: string;
  /** Seconds until the new key counts, so that every member has heard of it by then; and how long the old one then goes on. */
  readonly leadSeconds: number;
  readonly overlapSeconds: number;
}

/** Lists the key that was asked for, in the next version. */
export async function approve(
  node: string,
  options: ApproveOptions,
  now: () => number,
): Promise<RegistryDocument> {
  const registry = await openForPublishing(options.home, now);
  const waiting = await waitingRequests(registry, now());
  await settleListed(registry, waiting, now());
  const request = pick(node, options.fingerprint, waiting.requests);
  const published = await registry.publish(({ members }) => ({
    members: admit(members, request, options, now()),
  }));
  await decide(registry, { id: request.id, node: request.member.node }, "approved", now());
  return published;
}

/** A request whose key is listed already was approved, and the command broke off before it could say so. */
async function settleListed(registry: Publishing, { stale }: Waiting, now: number): Promise<void> {
  for (const { queued, code } of stale) {
    if (code === "enrolment.key-known") await decide(registry, queued, "approved", now);
  }
}

/** Refuses everything of a member that waits, also what cannot be approved any more. */
export async function reject(node: string, home: string, now: () => number): Promise<string> {
  const registry = await openForPublishing(home, now);
  await settleListed(registry, await waitingRequests(registry, now()), now());
  const waiting = await openEnrolmentFolder(registry.config.enrolments).pending();
  const own = waiting.filter((queued) => queued.node === node);
  if (own.length === 0) throw new CommandError(`nothing of ${node} waits · 没有该成员的待审批申请`);
  for (const queued of own) await decide(registry, queued, "rejected", now());
  return `rejected · 已拒绝: ${own.length}`;
}

async function decide(
  { config }: Publishing,
  { id, node }: Pick<QueuedEnrolment, "id" | "node">,
  decision: "approved" | "rejected",
  now: number,
): Promise<void> {
  const act = { kind: "enrolment.decided", exchange: null, actor: null } as const;
  await openActsFolder(config.acts).leave(`decided-${id}`, { ...act, enrolment: id, node, decision }, now);
  await openEnrolmentFolder(config.enrolments).decide({ id, node }, decision);
}

function pick(node: string, typed: string | undefined, requests: readonly WaitingRequest[]): WaitingRequest {
  const own = requests.filter(({ member }) => member.node === node);
  if (own.length === 0) throw new CommandError(`nothing of ${node} waits · 没有该成员的待审批申请`);
  const [request, ...more] =
    typed === undefined
      ? own.filter(({ by }) => by === "endorsement")
      : own.filter((each) => sameFingerprint(typed, each.fingerprint));
  if (request === undefined && typed === undefined) {
    throw new CommandError(
      "say the fingerprint that the member read out: --fingerprint · 请提供成员在电话中读出的指纹 --fingerprint",
    );
  }
  if (request === undefined) {
    throw new CommandError(
      "no request has that fingerprint: somebody else may have sent it. Reject it, and invite again · 指纹不符，申请可能被他人冒用，请拒绝并重新邀请",
    );
  }
  if (more.length > 0)
    throw new CommandError("several wait: say which by --fingerprint · 有多项待审批，请指明指纹");
  return request;
}

/** An invitation to who is a member already is for one that has lost its keys: they end at once. */
function admit(
  members: readonly Member[],
  { member, key, by }: WaitingRequest,
  { leadSeconds, overlapSeconds }: ApproveOptions,
  now: number,
): Member[] {
  const known = members.find(({ node }) => node === member.node);
  const begin = known !== undefined && by === "endorsement" ? now + leadSeconds * 1000 : now;
  const end = by === "endorsement" ? begin + overlapSeconds * 1000 : now;
  const encryptionKeys = renewed(known?.encryptionKeys, member.encryptionKeys, now);
  const listed: Member = {
    ...member,
    scope: { ...member.scope, ...keptQuotas(known) },
    ...(encryptionKeys.length > 0 && { encryptionKeys }),
    status:
      known === undefined || known.status === "pending" || known.status === "left" ? "active" : known.status,
    keys: [
      { ...key, notBefore: new Date(begin).toISOString() },
      ...(known?.keys ?? []).map((old) => endKey(old, end)),
    ],
  };
  return [...members.filter(({ node }) => node !== member.node), listed];
}
