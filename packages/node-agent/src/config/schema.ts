import { itemCodeSchema, labelSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import { thumbprintSchema } from "@xinqiao/protocol/keys";
import { roles } from "@xinqiao/protocol/registry";
import { whenAwayChoices } from "@xinqiao/protocol/screening";
import { subscriptionSchema } from "@xinqiao/protocol/sync";
import { addressSchema, logLevelSchema, originSchema } from "@xinqiao/runtime/config";
import { keyLocationSchema } from "@xinqiao/runtime/keys";
import { z } from "zod";
import { deliverySchema, placeOf } from "../delivery/index.ts";
import { sourceConfigSchema } from "../source/index.ts";
import { followedDatabaseSchema, polledServiceSchema, streamNames } from "../streams/index.ts";

const positive = z.number().int().positive();

const limitsSchema = z.strictObject({
  maxBodyBytes: positive.default(64 * 1024),
  maxHeaderBytes: positive.default(16 * 1024),
  /** Largest reply accepted from the gateway. */
  maxReplyBytes: positive.default(64 * 1024 * 1024),
  bodyTimeoutMs: positive.default(5_000),
  /** Lookups, and questions of the gateway, in progress. */
  maxConcurrent: positive.default(256),
  /** Requests being read, before anybody knows whose they are. */
  maxReading: positive.default(1_000),
  /** Connections kept to the gateway. */
  connections: positive.default(32),
});

/** What this member decides for itself, whatever the city has decided. */
const policySchema = z.strictObject({
  requesters: z.union([z.literal("all"), z.array(nodeIdSchema)]).default("all"),
  purposes: z.union([z.literal("all"), z.array(purposeCodeSchema)]).default("all"),
  withheldItems: z.array(itemCodeSchema).default([]),
});

/** What this member shares, and wants of what others share (PR-SYNC). */
const sharingSchema = z.strictObject({
  /** Tells the city of this member's own records and of every correction: of all, or of these items. */
  publish: z.union([z.boolean(), z.array(itemCodeSchema).min(1)]).default(false),
  /** Which of others' records it wants copies of, of those that it may have; absent: none. */
  subscribe: z
    .strictObject({
      items: subscriptionSchema.shape.items.default("all"),
      jurisdictions: subscriptionSchema.shape.jurisdictions.default("all"),
      subjectKinds: subscriptionSchema.shape.subjectKinds.default("all"),
    })
    .optional(),
});

/** How records come in: files that senders put into a folder, rows of the platform's databases and services. */
const intakeSchema = z.strictObject({
  /** Holds `in`, `done` and `quarantine`; absent: none is watched. */
  folder: z.string().optional(),
  /** How long a file must have stayed as it is to count as whole. */
  settleMs: positive.default(2_000),
  everySeconds: positive.default(2),
  /** How long files and reports that were handed back are kept: they are personal data. */
  keepDays: positive.default(90),
  databases: z.array(followedDatabaseSchema).default([]),
  services: z.array(polledServiceSchema).default([]),
});

/** `agent.json`. Paths are relative to the file's own folder. */
const agentShape = z.strictObject({
  node: nodeIdSchema,
  name: labelSchema,
  role: z.enum(roles),
  division: z.string().regex(/^\d{6}$/, "a six-digit division code"),
  /** What this member answers for; absent for one that only asks. */
  jurisdiction: jurisdictionSchema.optional(),
  gateway: z.strictObject({ node: nodeIdSchema, origin: originSchema }),
  /** Where the gateway reaches this agent, and the origin it signs for. */
  listen: addressSchema,
  origin: originSchema,
  /** Plain JSON for the local platform, protected by a token alone. */
  local: addressSchema,
  /** Lets `local` be an address that other machines reach: records then travel unencrypted. */
  localBeyondLoopback: z.boolean().default(false),
  /** The newest version of the city's registry that this member has taken; written by the agent. */
  registry: z.string().default("registry.jws"),
  /** The newest version of the city's catalogue that this member has taken; written by the agent. */
  catalogue: z.string().default("catalogue.jws"),
  /** What this member has taken of other cities' registries; written by the agent. */
  peers: z.string().default("peers"),
  /** Thumbprints of the registry keys pinned at enrolment. */
  registryKeys: z.array(thumbprintSchema).min(1),
  registryRefreshSeconds: positive.default(30),
  /** How often the city is asked which authorisations were withdrawn, and how old its word may be. */
  withdrawalsRefreshSeconds: positive.default(2),
  withdrawalsStaleSeconds: positive.default(60),
  /** How often it is looked whether hours of this member's book are due to be compared with the city's log. */
  reconcileEverySeconds: positive.default(60),
  /** Explained exchanges in a day beyond which `doctor` reports them: much that is lost on the way is not lost by chance. */
  mostExplainedADay: positive.default(20),
  /** How long the book is kept: art. 45 asks for five years. */
  bookDays: positive.default(5 * 366),
  signingKey: keyLocationSchema.default("keys/signing.jwk.json"),
  /** The city's invitation, until it has served. */
  invitation: z.string().default("invitation.jws"),
  /** What authorised answers to this member are sealed to; absent: it gets none. */
  encryptionKey: z.string().optional(),
  /** Keys that were replaced, kept for what is still sealed to them. */
  retiredEncryptionKeys: z.array(z.string()).default([]),
  localToken: z.string().default("local.token"),
  store: z.string().default("store.db"),
  /** What this member has cosigned of its city's log. Never put back to an older state: it would cosign another past. */
  witness: z.string().default("witness.db"),
  /** Where lists of rows that were kept back lie, one a file. */
  quarantine: z.string().default("quarantine"),
  /** How long rows that were kept back are kept, for their sender to be told: they are personal data. */
  quarantineDays: positive.default(90),
  intake: intakeSchema.prefault({}),
  /** Unified codes really issued with a wrong check character; each must match as a whole. */
  identifierExceptions: z.array(z.string()).default([]),
  sources: z.array(sourceConfigSchema).default([]),
  sharing: sharingSchema.prefault({}),
  /** Where this member's platform wants copies put; each is kept up by the agent alone. */
  deliveries: z.array(deliverySchema).default([]),
  /** How often what this member tells and holds is compared with the city's copies; it can be asked for at any time. */
  reconcileCopiesEveryHours: positive.max(500).default(24),
  /** What a screening comes to when the city cannot be asked: nothing (`hold`), an answer that says so (`flag`), or own copies. */
  screeningWhenAway: z.enum(whenAwayChoices).default("hold"),
  /** How old, in hours, the copies may be that a screening is answered from. */
  screeningCopiesHours: positive.max(24 * 365).default(24),
  /** How long the city is waited for, in milliseconds, before a screening counts it as away. */
  screeningDeadlineMs: positive.max(60_000).default(10_000),
  policy: policySchema.prefault({}),
  limits: limitsSchema.prefault({}),
  caFile: z.string().optional(),
  shutdownGraceMs: positive.default(10_000),
  logLevel: logLevelSchema.default("info"),
});

export const agentConfigSchema = agentShape
  .refine(({ sharing, jurisdiction }) => sharing.publish === false || jurisdiction !== undefined, {
    path: ["sharing", "publish"],
    message: "this member answers for no jurisdiction: it has no records to share",
  })
  .refine(({ deliveries, sharing }) => deliveries.length === 0 || sharing.subscribe !== undefined, {
    path: ["deliveries"],
    message: "this member subscribes to nothing: there are no copies to deliver",
  })
  .refine(
    ({ screeningWhenAway, sharing }) => screeningWhenAway !== "copies" || sharing.subscribe !== undefined,
    {
      path: ["screeningWhenAway"],
      message: "this member subscribes to nothing: there are no copies to screen",
    },
  )
  .refine(({ deliveries }) => new Set(deliveries.map(({ name }) => name)).size === deliveries.length, {
    path: ["deliveries"],
    message: "two deliveries have one name",
  })
  .refine(({ deliveries }) => new Set(deliveries.map(placeOf)).size === deliveries.length, {
    path: ["deliveries"],
    message: "two deliveries go to one place: each would undo what the other did",
  })
  .refine(({ intake, jurisdiction }) => intake.folder === undefined || jurisdiction !== undefined, {
    path: ["intake", "folder"],
    message: "this member answers for no jurisdiction: it has no records to import",
  })
  .refine(({ intake, jurisdiction }) => streamNames(intake).length === 0 || jurisdiction !== undefined, {
    path: ["intake"],
    message: "this member answers for no jurisdiction: it has no records to import",
  })
  .refine(({ intake }) => new Set(streamNames(intake)).size === streamNames(intake).length, {
    path: ["intake"],
    message: "two entries of databases and services have one name and item: name them apart",
  })
  .refine(({ local, localBeyondLoopback }) => localBeyondLoopback || isLoopback(local.host), {
    path: ["local"],
    message:
      "not a loopback address: records would leave this machine in the clear (see localBeyondLoopback)",
  });

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

export type AgentConfig = z.output<typeof agentConfigSchema>;
/** The file as an operator writes it: defaults left out. */
export type AgentConfigFile = z.input<typeof agentConfigSchema>;
export type NodePolicy = AgentConfig["policy"];
