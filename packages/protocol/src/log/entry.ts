import { z } from "zod";
import {
  alertIdSchema,
  alertSchema,
  countGroups,
  countPeriods,
  criterionNames,
  exportFormats,
} from "../audit/index.ts";
import { caseKinds, caseStepNames, mostCases } from "../cases/index.ts";
import { itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { commitmentSchema, fieldNameSchema } from "../commitment/index.ts";
import { copiesComparedSchema, mostCompared } from "../digests/index.ts";
import { rowStatuses } from "../exchange/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { thumbprintSchema } from "../keys/index.ts";
import { measureOutcomes, mostNotices, revocationOutcomes, revokingEffects } from "../measures/index.ts";
import { isCode } from "../problem/index.ts";
import { publishedHashSchema } from "../published/index.ts";
import { intervalSchema, sha256Schema } from "../reconciliation/index.ts";
import { memberChanges, roles } from "../registry/index.ts";
import { correctionSchema, feedIdSchema, mostReceipts } from "../sync/index.ts";

const entryIndexSchema = z.number().int().nonnegative();
const instantSchema = z.iso.datetime({ precision: 3 });
/** Why, by its code (docs/errors.md). */
export const codeSchema = z.string().refine(isCode);

/** Carried by every entry. No personal data stands in any field of any entry: commitments only. */
const common = {
  v: z.literal(1),
  /** When the entry was written. */
  at: instantSchema,
  /** The request id of the exchange it belongs to. */
  exchange: z.uuid().nullable(),
  /** The authenticated member that acted; null when nobody was authenticated or the gateway itself acted. */
  actor: nodeIdSchema.nullable(),
  /** W3C Trace Context trace id. */
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  /** Field name → HMAC-SHA256 commitment to a value kept outside the log. */
  commitments: z.record(fieldNameSchema, commitmentSchema).optional(),
};

/** When the actor signed its request, as it says itself: by this instant both sides' books have it in the same hour. */
const askedAtSchema = instantSchema.optional();

/** Whose lookup it is, when another city's gateway (the actor) has passed it on. */
const requesterSchema = nodeIdSchema.optional();

/** Who is asked to revoke a measure, upon whose record, and by when. */
const askedShape = {
  member: nodeIdSchema,
  source: nodeIdSchema,
  /** SHA-256 of the city's signed notice. */
  notice: sha256Schema,
  dueOn: z.iso.date(),
};

/** One target's line of an outcome. */
export const outcomeRowSchema = z.strictObject({
  jurisdiction: jurisdictionSchema,
  node: nodeIdSchema,
  via: nodeIdSchema.optional(),
  status: z.enum(rowStatuses),
  /** Why, whenever status is not `ok` or `none`. */
  code: codeSchema.optional(),
  /** Age of the data as the node states it. */
  asOf: z.iso.datetime().optional(),
  latencyMs: z.number().nonnegative(),
  /** When the node signed its answer, as it says itself. */
  answeredAt: instantSchema.optional(),
  /** Commitment to the SHA-256 of the node's signed answer; absent when there was no answer. */
  answerCommitment: commitmentSchema.optional(),
});
export type OutcomeRow = z.infer<typeof outcomeRowSchema>;

/**
 * The member that signed the subject's authorisation that came with a lookup: art. 45. The authorisation's id is committed to
 * (`commitments.authorisation`): every use of it is about one person.
 */
const authorisationReferenceSchema = z.strictObject({
  issuer: nodeIdSchema,
  /** As earlier versions named it. */
  id: z.uuid().optional(),
});

/**
 * Personal Information Protection Law art. 47: the purpose is reached or gone, the time is over, consent was withdrawn, it was
 * handled against the law or what was agreed, another law says so.
 */
export const erasureReasons = [
  "purpose-ended",
  "time-ended",
  "consent-withdrawn",
  "unlawful",
  "other-law",
] as const;
export type ErasureReason = (typeof erasureReasons)[number];

/** For whom an exchange is proved. */
export const proofAudiences = ["requester", "auditor", "operator"] as const;
export type ProofAudience = (typeof proofAudiences)[number];

const breakerStateSchema = z.enum(["closed", "open", "half-open"]);

/** How many exchanges a member's book and the log have, of one side, in one hour. */
const bookCountsSchema = z.strictObject({ member: entryIndexSchema, gateway: entryIndexSchema });

/** Every kind of audit entry (PR-EXCHANGE §10). A kind is never renamed or reused. */
export const logEntrySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gateway.started"),
    ...common,
    /** Software version. */
    version: z.string().min(1).max(64),
  }),
  /** A version of the registry by which the gateway decides from here on. */
  z.strictObject({
    kind: z.literal("registry.taken"),
    ...common,
    version: z.number().int().positive(),
    /** SHA-256 of the version as it was published, base64url. */
    hash: publishedHashSchema,
  }),
  /** A version of the catalogue by which the gateway decides from here on. */
  z.strictObject({
    kind: z.literal("catalogue.taken"),
    ...common,
    version: z.number().int().positive(),
    hash: publishedHashSchema,
  }),
  /** What a version changes about one member: written before the `registry.taken` of that version. */
  z.strictObject({
    kind: z.literal("member.changed"),
    ...common,
    version: z.number().int().positive(),
    node: nodeIdSchema,
    change: z.enum(memberChanges),
    /** The key that was added or ended, by its thumbprint. */
    keyId: thumbprintSchema.optional(),
  }),
  /** A version of another city's registry that counts here from now on, within the bounds set for that city. */
  z.strictObject({
    kind: z.literal("peer.taken"),
    ...common,
    city: nodeIdSchema,
    version: z.number().int().positive(),
    hash: publishedHashSchema,
  }),
  /** An operator has invited a member to be. */
  z.strictObject({
    kind: z.literal("member.invited"),
    ...common,
    invitation: z.uuid(),
    node: nodeIdSchema,
    role: z.enum(roles),
    until: z.iso.datetime(),
  }),
  /** Somebody asks for a key to be listed: on an invitation, or on the word of a key that the member has. */
  z.strictObject({
    kind: z.literal("enrolment.requested"),
    ...common,
    /** The id of the invitation or endorsement. */
    enrolment: z.uuid(),
    node: nodeIdSchema,
    by: z.enum(["invitation", "endorsement"]),
    keyId: thumbprintSchema,
  }),
  /** An operator has decided; what approval changes follows as `member.changed`. */
  z.strictObject({
    kind: z.literal("enrolment.decided"),
    ...common,
    enrolment: z.uuid(),
    node: nodeIdSchema,
    decision: z.enum(["approved", "rejected"]),
  }),
  /** An orderly stop; a log that goes from one start to the next without it ended in a crash. */
  z.strictObject({ kind: z.literal("gateway.stopped"), ...common }),

  /** A lookup that was allowed: durable before anything leaves for a target. */
  z.strictObject({
    kind: z.literal("lookup.intent"),
    ...common,
    askedAt: askedAtSchema,
    requester: requesterSchema,
    purpose: purposeCodeSchema,
    items: z.array(itemCodeSchema).readonly(),
    jurisdictions: z.array(jurisdictionSchema).readonly(),
    targets: z.array(nodeIdSchema).readonly(),
    deadlineMs: z.number().int().positive(),
    authorisation: authorisationReferenceSchema.optional(),
  }),
  /** What came of it: durable before anything is handed back. */
  z.strictObject({
    kind: z.literal("lookup.outcome"),
    ...common,
    requester: requesterSchema,
    /** Index of the intent this closes. */
    intent: entryIndexSchema,
    complete: z.boolean(),
    rows: z.array(outcomeRowSchema).readonly(),
  }),
  /** An authenticated lookup that policy or its own meaning forbids. */
  z.strictObject({
    kind: z.literal("lookup.refused"),
    ...common,
    askedAt: askedAtSchema,
    requester: requesterSchema,
    /**
     * What was asked, as far as catalogue and registry know it (null: a purpose they do not know). Anything
     * else may be an identity number in the wrong place, so it is committed to with the private values.
     */
    purpose: purposeCodeSchema.nullable(),
    items: z.array(itemCodeSchema).readonly(),
    jurisdictions: z.union([z.literal("all"), z.array(jurisdictionSchema).readonly()]),
    code: codeSchema,
    /** The rule that refused. */
    rule: z.string().min(1).max(64),
    /** Only of one whose signature held: anything else is a stranger's text. */
    authorisation: authorisationReferenceSchema.optional(),
  }),

  /** A member has stated an hour of its book, and it was compared with the log. */
  z.strictObject({
    kind: z.literal("books.reconciled"),
    ...common,
    member: nodeIdSchema,
    interval: intervalSchema,
    asked: bookCountsSchema,
    answered: bookCountsSchema,
    /** SHA-256 of the member's signed statement. */
    statement: sha256Schema,
    /** How many exchanges differ; null when they do and the member has yet to name them. */
    differences: entryIndexSchema.nullable(),
    /** How many were lost on the way, so that each side truly knows another part. */
    explained: entryIndexSchema,
  }),

  /** An auditor reads how members' books compared with the log: of one member, or (null) of all. */
  z.strictObject({ kind: z.literal("audit.books-read"), ...common, member: nodeIdSchema.nullable() }),

  /** A member was given the entries of exchanges of its own, and what opens its answers in them, to check them. */
  z.strictObject({
    kind: z.literal("books.opened"),
    ...common,
    member: nodeIdSchema,
    exchanges: z.number().int().positive(),
  }),

  /** A member screened many subjects for one matter: written before it is told anything. Who they are is only committed to. */
  z.strictObject({
    kind: z.literal("screening.answered"),
    ...common,
    purpose: purposeCodeSchema,
    items: z.array(itemCodeSchema).readonly(),
    subjects: z.number().int().positive(),
    /** How many of them are listed. */
    hits: z.number().int().nonnegative(),
  }),
  /** A member has reported what it did about a record that it was given: whose, and nothing of the record. */
  z.strictObject({
    kind: z.literal("measures.reported"),
    ...common,
    source: nodeIdSchema,
    outcome: z.enum(measureOutcomes),
    /** SHA-256 of the member's signed report. */
    report: sha256Schema,
  }),
  /** A member is asked to revoke what it did: the record was repaired, withdrawn or ended. Written before it is handed the notice. */
  z.strictObject({
    kind: z.literal("measures.asked"),
    ...common,
    ...askedShape,
    effect: z.enum(revokingEffects),
    /** SHA-256 of the member's signed report. */
    report: sha256Schema,
  }),
  /** A member has answered such a notice. */
  z.strictObject({
    kind: z.literal("measures.answered"),
    ...common,
    source: nodeIdSchema,
    notice: sha256Schema,
    outcome: z.enum(revocationOutcomes),
    /** SHA-256 of the member's signed answer. */
    answer: sha256Schema,
  }),
  /** The last day for an answer is over, and none has come: said once. */
  z.strictObject({ kind: z.literal("measures.late"), ...common, ...askedShape }),
  /** A member is handed notices: written before they leave. */
  z.strictObject({
    kind: z.literal("revocations.delivered"),
    ...common,
    notices: z.array(sha256Schema).min(1).max(mostNotices).readonly(),
  }),
  /** A source's page of changes: durable before it is handed on to anybody. */
  z.strictObject({
    kind: z.literal("changes.taken"),
    ...common,
    feed: feedIdSchema,
    from: z.number().int().positive(),
    /** 0 when its source has nothing to tell. */
    upTo: z.number().int().nonnegative(),
    /** Hash of the page's head, which its source has signed. */
    head: sha256Schema,
    /** How many of its changes were not taken. */
    refused: z.number().int().nonnegative(),
  }),
  /** A subscriber is handed pages of changes: written before they leave. */
  z.strictObject({
    kind: z.literal("changes.delivered"),
    ...common,
    /** Positions of the first and the last page. */
    from: z.number().int().positive(),
    to: z.number().int().positive(),
    /** Changes that it may see, of all that the pages have. */
    changes: z.number().int().nonnegative(),
    withheld: z.number().int().nonnegative(),
  }),
  /** A subscriber's signed receipts for what it has applied. */
  z.strictObject({
    kind: z.literal("changes.applied"),
    ...common,
    receipts: z
      .array(
        z.strictObject({
          source: nodeIdSchema,
          feed: feedIdSchema,
          upTo: z.number().int().nonnegative(),
          /** SHA-256 of the receipt as it came. */
          receipt: sha256Schema,
        }),
      )
      .min(1)
      .max(mostReceipts)
      .readonly(),
  }),
  /** A version that others hold is corrected: whose copies have to follow. */
  z.strictObject({
    kind: z.literal("correction.opened"),
    ...common,
    ...correctionSchema.omit({ openedAt: true }).shape,
    holders: z.array(nodeIdSchema).readonly(),
  }),
  /** Its day is over, and these holders have not applied it. */
  z.strictObject({
    kind: z.literal("correction.late"),
    ...common,
    ...correctionSchema.omit({ openedAt: true }).shape,
    holders: z.array(nodeIdSchema).min(1).readonly(),
  }),
  /** Everyone who held a version before has applied its correction. */
  z.strictObject({
    kind: z.literal("correction.completed"),
    ...common,
    ...correctionSchema.omit({ openedAt: true }).shape,
    /** SHA-256 of the city's signed statement. */
    statement: sha256Schema,
  }),
  /** A reader has not asked for so long that it is not waited for any more, until it asks again. */
  z.strictObject({
    kind: z.literal("subscriber.lapsed"),
    ...common,
    member: nodeIdSchema,
    /** How far it was handed what there is. */
    position: z.number().int().nonnegative(),
    /** Seconds since 1970: when it asked last. */
    seenAt: z.number().int().nonnegative(),
  }),
  /** An operator's decision on changes that were refused: told again, or left alone. */
  z.strictObject({
    kind: z.literal("dead-letters.decided"),
    ...common,
    decision: z.enum(["told-again", "dropped"]),
    /** Whose; null: everybody's. */
    source: nodeIdSchema.nullable(),
    letters: z.number().int().positive(),
  }),
  /** A source asks how corrections of its records fare. */
  z.strictObject({ kind: z.literal("corrections.read"), ...common }),
  /** A step of an objection or a credit repair, of a member or of the city itself: durable before it counts. */
  z.strictObject({
    kind: z.literal("case.stepped"),
    ...common,
    case: z.uuid(),
    step: z.enum(caseStepNames),
    caseKind: z.enum(caseKinds),
    /** Whose record it is about; which one, the entry does not say. */
    source: nodeIdSchema,
    /** SHA-256 of the signed step. */
    sha256: sha256Schema,
  }),
  /** The day is over on which a case had to have its next step: whose turn it was. */
  z.strictObject({
    kind: z.literal("case.late"),
    ...common,
    case: z.uuid(),
    caseKind: z.enum(caseKinds),
    by: nodeIdSchema,
    dueOn: z.iso.date(),
  }),
  /** A member is handed steps of its cases: written before they leave. */
  z.strictObject({
    kind: z.literal("cases.delivered"),
    ...common,
    cases: z.array(z.uuid()).min(1).max(mostCases).readonly(),
  }),
  /** A reader is told which of the records that it may hold are in dispute: written before it is. */
  z.strictObject({
    kind: z.literal("disputes.told"),
    ...common,
    records: z.number().int().nonnegative(),
  }),
  /** A member was told digests of what the city holds: of how many ranges. */
  z.strictObject({
    kind: z.literal("digests.told"),
    ...common,
    ranges: z.number().int().nonnegative(),
  }),
  /** How a member's records, or its copies of others', compare with what the city holds; counts only. */
  z.strictObject({
    kind: z.literal("copies.reconciled"),
    ...common,
    compared: z.array(copiesComparedSchema).min(1).max(mostCompared).readonly(),
  }),

  /** A subject took its authorisation back: from here on no lookup is allowed by it. */
  z.strictObject({
    kind: z.literal("authorisation.withdrawn"),
    ...common,
    authorisation: z.uuid(),
    issuer: nodeIdSchema,
    /** When it would have ended by itself. */
    until: instantSchema,
  }),

  /** What was kept about one subject is destroyed with its key, as the law demands; who it was, the entry does not say. */
  z.strictObject({
    kind: z.literal("subject.erased"),
    ...common,
    /** Entries that had something kept beside them, and have nothing any more. */
    entries: z.number().int().nonnegative(),
    reason: z.enum(erasureReasons),
  }),
  /** What was kept beside entries is deleted at the end of its time. */
  z.strictObject({
    kind: z.literal("evidence.expired"),
    ...common,
    entries: z.number().int().positive(),
  }),
  /** An auditor searches the log: written before it is told anything. A subject is only committed to. */
  z.strictObject({
    kind: z.literal("audit.searched"),
    ...common,
    /** Which criteria were used, never what they said. */
    criteria: z.array(z.enum(criterionNames)).readonly(),
  }),
  /** An auditor has lines of the log counted. */
  z.strictObject({
    kind: z.literal("audit.counted"),
    ...common,
    criteria: z.array(z.enum(criterionNames)).readonly(),
    every: z.enum(countPeriods),
    by: z.enum(countGroups).optional(),
  }),
  /** An auditor reads alerts: all, or one with its entries. */
  z.strictObject({ kind: z.literal("audit.reviewed"), ...common, alert: alertIdSchema.optional() }),
  /** An auditor takes lines of the log away in a file, which the gateway vouches for. */
  z.strictObject({
    kind: z.literal("audit.exported"),
    ...common,
    criteria: z.array(z.enum(criterionNames)).readonly(),
    lines: z.number().int().nonnegative(),
    format: z.enum(exportFormats),
    /** Of the file. */
    sha256: sha256Schema,
  }),
  /** Use that a rule calls unusual. The entries that show it may all be about one person: they are only committed to. */
  z.strictObject({
    kind: z.literal("alert.raised"),
    ...common,
    ...alertSchema.shape,
    /** As earlier versions named them. */
    entries: z.array(entryIndexSchema).readonly().optional(),
  }),
  /** An auditor has looked into an alert; what it noted stays with it. */
  z.strictObject({
    kind: z.literal("alert.acknowledged"),
    ...common,
    alert: alertIdSchema,
    note: commitmentSchema.optional(),
  }),
  /** An auditor asks whether a lookup was made under a case's reference, which is only committed to. */
  z.strictObject({ kind: z.literal("case.checked"), ...common, of: z.uuid() }),
  /** A member asks on a subject's behalf who looked it up. The subject is only committed to. */
  z.strictObject({ kind: z.literal("subject.stated"), ...common }),

  /** Somebody is handed the proofs of an exchange: written before they are. */
  z.strictObject({
    kind: z.literal("audit.proved"),
    ...common,
    /** The exchange that is proved. */
    proved: z.uuid(),
    /** To whom: what was kept is shown to the exchange's own requester and to the city's operator, not to an auditor. */
    as: z.enum(proofAudiences),
    /** Entries that are proved. */
    entries: z.number().int().positive(),
  }),

  /** A request that could not be authenticated or read. Nothing in it is trusted, so nothing of it is kept. */
  z.strictObject({
    kind: z.literal("request.refused"),
    ...common,
    /** Whom the request claims to come from, when that is a member at all. */
    claimed: nodeIdSchema.nullable(),
    code: codeSchema,
  }),
  /**
   * Rate-limit refusals of one member, or (null) of unauthenticated senders, over a while, in one
   * entry: a flood must not fill the log.
   */
  z.strictObject({
    kind: z.literal("requests.limited"),
    ...common,
    member: nodeIdSchema.nullable(),
    count: z.number().int().positive(),
    from: instantSchema,
    to: instantSchema,
  }),

  /** An intent whose outcome was never written, closed at the next start: what was disclosed is unknown. */
  z.strictObject({
    kind: z.literal("exchange.interrupted"),
    ...common,
    intent: entryIndexSchema,
  }),
  /** A witness holds a head that the log's key has signed and this log never had: both are kept as evidence. */
  z.strictObject({
    kind: z.literal("witness.alarm"),
    ...common,
    witness: nodeIdSchema,
    finding: z.enum(["ahead", "forked"]),
    heldSize: entryIndexSchema,
    /** RFC 9162 root, base64. */
    heldRoot: z.base64().length(44),
  }),
  z.strictObject({
    kind: z.literal("breaker.changed"),
    ...common,
    target: nodeIdSchema,
    from: breakerStateSchema,
    to: breakerStateSchema,
  }),
]);
export type LogEntry = z.infer<typeof logEntrySchema>;
export type LogEntryKind = LogEntry["kind"];
