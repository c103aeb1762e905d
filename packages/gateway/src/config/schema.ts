import { caseTermsSchema, officialCaseTerms } from "@xinqiao/protocol/cases";
import { labelSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { addressSchema, logLevelSchema, originSchema } from "@xinqiao/runtime/config";
import { keyLocationSchema } from "@xinqiao/runtime/keys";
import { z } from "zod";
import { thresholdsSchema } from "../alerts/index.ts";
import { revocationRuleSchema, usualRevocationRules } from "../measures/index.ts";
import { officialRules, timelinessRuleSchema } from "../scorecard/index.ts";

const positive = z.number().int().positive();

/** What one member may ask for, and what one address may get wrong, before it has to wait. */
const rateSchema = z.strictObject({ requests: positive, perSeconds: positive });

const limitsSchema = z.strictObject({
  maxBodyBytes: positive.default(64 * 1024),
  maxHeaderBytes: positive.default(16 * 1024),
  maxAnswerBytes: positive.default(8 * 1024 * 1024),
  bodyTimeoutMs: positive.default(5_000),
  /** Lookups in progress. */
  maxConcurrent: positive.default(1_000),
  /** Requests being read, before anybody knows whose they are. */
  maxReading: positive.default(4_000),
  perMember: rateSchema.default({ requests: 500, perSeconds: 1 }),
  /** Hours of a member's book for which the log is read in a day: ten days to catch up with. One that was read costs nothing. */
  bookHoursADay: positive.default(240),
  /** Refusals of unauthenticated requests from one address; beyond it they are counted, not answered one by one. */
  refusalsPerAddress: rateSchema.default({ requests: 100, perSeconds: 10 }),
});

const upstreamSchema = z.strictObject({
  connections: positive.default(64),
  maxConcurrent: positive.default(128),
  attemptTimeoutMs: positive.default(10_000),
  connectTimeoutMs: positive.default(1_000),
  retryRatio: z.number().min(0).max(1).default(0.1),
  breaker: z
    .strictObject({
      volumeThreshold: positive.default(5),
      errorThresholdPercentage: z.number().min(1).max(100).default(50),
      windowMs: positive.default(10_000),
      consecutiveFailures: positive.default(5),
      resetTimeoutMs: positive.default(5_000),
    })
    .prefault({}),
  /** Extra trust anchors (PEM file) for members whose certificate is signed by a private CA. */
  caFile: z.string().optional(),
});

/** `gateway.json`. Paths are relative to the file's own folder. */
export const gatewayConfigSchema = z.strictObject({
  node: nodeIdSchema,
  name: labelSchema,
  division: z.string().regex(/^\d{6}$/, "a six-digit division code"),
  /** Public origin, as members reach and sign it. */
  origin: originSchema,
  listen: addressSchema,
  /** Health, metrics and targets: keep it off the public network. */
  admin: addressSchema,
  /** Folder of the registry's versions. */
  registry: z.string().default("registry"),
  /** Folder of the catalogue's versions. */
  catalogue: z.string().default("catalogue"),
  /** Signs versions of registry and catalogue, and nothing else. Only the command line needs it. */
  registryKey: keyLocationSchema.default("keys/registry.jwk.json"),
  registryTerm: z
    .strictObject({
      lifetimeDays: positive.default(90),
      graceDays: z.number().int().nonnegative().default(30),
    })
    .prefault({}),
  /** Requests of members for keys to be listed, and what became of them. */
  enrolments: z.string().default("enrolments"),
  /** What was taken of other cities' registries. */
  peers: z.string().default("peers"),
  peerRefreshSeconds: positive.default(30),
  /** What operators' commands did, until the log has it. */
  acts: z.string().default("acts"),
  signingKey: keyLocationSchema.default("keys/signing.jwk.json"),
  log: z.string().default("log.db"),
  /** What members have stated of their books, and what came of it. */
  reconciliations: z.string().default("reconciliations.db"),
  /** What members share: records, and who has which. */
  sharing: z.string().default("sharing.db"),
  sharingTerms: z
    .strictObject({
      /** A reader that has not asked for so many days is not waited for, until it asks again. */
      subscriberDays: positive.default(30),
      /** How long a completed correction is kept, with its statement. */
      correctionDays: positive.default(1_095),
    })
    .prefault({}),
  /** Index of the log for auditors, made from it alone: it may be thrown away. */
  search: z.string().default("search.db"),
  /** What counts as unusual use, and is raised as an alert. */
  alerts: thresholdsSchema.prefault({}),
  /** Within how many working days of a decision records have to be told; judged in the scorecard. */
  timeliness: z.array(timelinessRuleSchema).prefault(officialRules),
  /** Within how many working days a member answers a notice of revocation. */
  revocations: z.array(revocationRuleSchema).min(1).prefault(usualRevocationRules),
  /** Deadlines of objections and credit repairs, in working days: a case keeps those of the day on which it was opened. */
  caseTerms: z
    .array(caseTermsSchema)
    .min(1)
    .prefault([...officialCaseTerms]),
  /** Days off and days worked in their stead, as announced (`holidays`, `workdays`); the library's unless said. */
  officialDays: z.string().optional(),
  /** Signs the log's checkpoints, and nothing else. */
  logKey: keyLocationSchema.default("keys/log.jwk.json"),
  /** Keys the tags by which entries about one subject are found: without it nobody can tell whose they are. */
  logTagKey: z.string().default("keys/log-tag.key"),
  /** Where two checkpoints that contradict each other are kept. */
  alarms: z.string().default("alarms"),
  witnesses: z
    .strictObject({
      /** Organisations that must have cosigned a checkpoint. */
      quorum: z.number().int().nonnegative().default(2),
      everySeconds: positive.default(5),
      timeoutMs: positive.default(2_000),
    })
    .prefault({}),
  /** Days after which entries leave the database for files beside it (`archive/`); never, unless said. */
  archiveAfterDays: positive.optional(),
  /** Free space below which no new exchange begins, so that those under way can still be logged. */
  logReserveBytes: z
    .number()
    .int()
    .nonnegative()
    .default(64 * 1024 * 1024),
  /** Unified codes really issued with a wrong check character; each must match as a whole. */
  identifierExceptions: z.array(z.string()).default([]),
  limits: limitsSchema.prefault({}),
  upstream: upstreamSchema.prefault({}),
  shutdownGraceMs: positive.default(10_000),
  logLevel: logLevelSchema.default("info"),
});

export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
/** The file as an operator writes it: defaults left out. */
export type GatewayConfigFile = z.input<typeof gatewayConfigSchema>;
export type Limits = GatewayConfig["limits"];
export type UpstreamConfig = GatewayConfig["upstream"];
