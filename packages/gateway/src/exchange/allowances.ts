import type { Authorisation } from "@xinqiao/protocol/authorisation";
import { type Code, type Fault, fault } from "@xinqiao/protocol/problem";
import type { Member, Quota } from "@xinqiao/protocol/registry";
import type { Allowance, AppendError, AuthorisationId } from "../log/index.ts";
import type { Plan, Refused } from "./plan.ts";

const periodMs = { hour: 3_600_000, day: 86_400_000 } as const;

/** Days and hours are Beijing's: UTC+8, without summer time. */
const beijingMs = 8 * periodMs.hour;

interface Window {
  readonly name: string;
  /** Milliseconds since 1970 at which the next one begins. */
  readonly end: number;
}

/** The calendar day or the clock hour an instant falls into. */
export function quotaWindow(per: Quota["per"], now: number): Window {
  const length = periodMs[per];
  const local = Math.floor((now + beijingMs) / length) * length;
  const name = new Date(local).toISOString().slice(0, per === "day" ? 10 : 13);
  return { name, end: local + length - beijingMs };
}

/** What a lookup uses when it goes ahead: its place in the member's quotas, and the authorisation it needs. */
export function allowancesOf(
  requester: Member,
  { purpose, authorisation }: Pick<Plan, "purpose" | "authorisation">,
  now: number,
): readonly Allowance[] {
  const quotas = (requester.scope.quotas ?? []).filter((quota) => quota.purpose === purpose.code);
  return [
    ...quotas.map((quota) => ofQuota(requester, quota, now)),
    ...(authorisation === undefined ? [] : [ofAuthorisation(authorisation)]),
  ];
}

function ofQuota({ node }: Member, { purpose, lookups, per }: Quota, now: number): Allowance {
  const { name, end } = quotaWindow(per, now);
  return {
    name: `quota:${node}:${purpose}:${name}`,
    most: lookups,
    until: end,
    exceeded: "policy.quota-exceeded",
  };
}

function ofAuthorisation({ iss, jti, uses, exp }: Authorisation): Allowance {
  return {
    name: `authorisation:${iss}:${jti}`,
    most: uses,
    until: exp * 1000,
    exceeded: "authorisation.used-up",
  };
}

export function authorisationId({ iss, jti }: Authorisation): AuthorisationId {
  return { issuer: iss, id: jti };
}

/** The rule behind each code by which the log says that a lookup may not be counted any more. */
const rules: Partial<Record<Code, string>> = {
  "authorisation.withdrawn": "authorisation-standing",
  "authorisation.used-up": "authorisation-uses",
  "policy.quota-exceeded": "quota-left",
};

/** The refusal that an append over an allowance comes to; nothing when the log failed in another way. */
export function overdrawn(
  error: AppendError,
  requester: Member,
  plan: Plan,
  now: number,
): Refused | undefined {
  const rule = rules[error.code];
  if (rule === undefined) return undefined;
  const { authorisation } = plan;
  return { rule, fault: withFacts(error, requester, now), ...(authorisation && { authorisation }) };
}

/** How much the quota is that was used up. */
function withFacts(error: AppendError, requester: Member, now: number): Fault {
  const name = "allowance" in error ? error.allowance : undefined;
  const quota = requester.scope.quotas?.find((each) => ofQuota(requester, each, now).name === name);
  return fault(error.code, undefined, quota && { lookups: quota.lookups, per: quota.per });
}
