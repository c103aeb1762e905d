import { shownRevocationsSchema } from "@xinqiao/node-agent/feedback";
import { askedScreeningSchema } from "@xinqiao/node-agent/screening";
import {
  caseDeliverySchema,
  caseReplySchema,
  caseStepMessageSchema,
  casesReadSchema,
} from "@xinqiao/protocol/cases";
import {
  feedbackReplySchema,
  feedbackSchema,
  revocationAnswerMessageSchema,
  revocationDoneSchema,
  revocationReceiptSchema,
  revocationsRequestSchema,
  revocationsSchema,
} from "@xinqiao/protocol/measures";
import { disputeSchema } from "@xinqiao/protocol/record";
import { screeningReplySchema, screeningSchema } from "@xinqiao/protocol/screening";
import {
  correctionsRequestSchema,
  correctionsSchema,
  deliverySchema,
  publishedSchema,
  publishSchema,
  readSchema,
  subscriptionSchema,
} from "@xinqiao/protocol/sync";
import type { Case } from "./books.ts";

const page = { head: "a.b.c", lines: "H4sI" };
const subscription = { items: ["penalty"], jurisdictions: ["440306"], subjectKinds: ["enterprise"] };
const correction = {
  source: "sz-baoan",
  feed: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e",
  seq: 3,
  change: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
  effect: "repaired",
  openedAt: 7,
  dueOn: "2026-03-02",
  holders: [{ node: "dg" }, { node: "hz", acknowledgedAt: 9 }],
};

const dispute = { kind: "objection", since: "2026-01-01T00:00:00.000Z" };
const due = { by: "sz-baoan", on: "2026-03-02" };
const log = { origin: "xinqiao/sz", index: 3, size: 4, root: "AAAA" };
const subject = { kind: "enterprise", scheme: "uscc", id: "91440300TEXT000012" };
const measure = { item: "penalty", name: { zh: "示例", en: "Example" }, legalBasis: "示例条例" };
const passing = { ...measure, validFrom: "2026-01-01", validUntil: "2026-12-31" };

const shown = {
  ...{ number: 1, notice: correction.change, exchange: correction.feed, source: "dg", record: "penalty:1" },
  ...{ matter: "2026-0042", effect: "repaired", dueOn: "2026-03-04", askedAt: 7, standing: "open" },
};
const place = { origin: "xinqiao/sz", index: 3, size: 4, root: "AAAA" };

/** What travels when records are shared. */
export const sharingCases: readonly Case[] = [
  {
    schema: "PublishedPage",
    code: publishSchema,
    samples: [page, { ...page, keptBack: [{ month: "2026-11", rows: 3 }] }],
  },
  {
    schema: "PublishReply",
    code: publishedSchema,
    samples: [{}, { receipt: "a.b.c" }, { receipt: "a.b.c", again: ["penalty:1"] }],
  },
  {
    schema: "Subscription",
    code: subscriptionSchema,
    samples: [subscription, { items: "all", jurisdictions: "all", subjectKinds: "all" }],
  },
  {
    schema: "ChangesRead",
    code: readSchema,
    samples: [
      { subscription, after: 4, head: correction.change, receipts: ["a.b.c"], waitMs: 9 },
      { subscription, after: 0, head: null, receipts: [], waitMs: 0, disputed: null },
      { subscription, after: 0, head: null, receipts: [], waitMs: 0, disputed: correction.change },
    ],
  },
  {
    schema: "Delivery",
    code: deliverySchema,
    samples: [
      { position: 4, newest: 5, scope: correction.change, pages: [{ source: "dg", ...page }] },
      {
        ...{ position: 4, newest: 4, scope: correction.change, pages: [] },
        disputed: { tag: correction.change, records: [{ source: "dg", record: "penalty:1", ...dispute }] },
      },
    ],
  },
  {
    schema: "Screening",
    code: screeningSchema,
    samples: [{ purpose: "bid-review", items: ["penalty"], subjects: [subject] }],
  },
  {
    schema: "AskedScreening",
    code: askedScreeningSchema,
    samples: [{ purpose: "bid-review", items: ["penalty"], subjects: [subject], deadlineMs: 2_000 }],
  },
  {
    schema: "ScreeningReply",
    code: screeningReplySchema,
    samples: [
      {
        exchange: correction.feed,
        screened: 2,
        hits: [
          {
            subject: 1,
            source: "dg",
            records: [],
            items: ["penalty"],
            measures: [measure, passing],
            disputes: [dispute, { record: "penalty:1", ...dispute }],
          },
        ],
        sources: [{ node: "dg", asOf: "2026-01-01T00:00:00.000Z" }],
        log: { origin: "xinqiao/sz", index: 3, size: 4, root: "AAAA" },
      },
    ],
  },
  { schema: "Dispute", code: disputeSchema, samples: [dispute, { record: "penalty:1", ...dispute }] },
  { schema: "CaseStepMessage", code: caseStepMessageSchema, samples: [{ step: "a.b.c" }] },
  {
    schema: "CaseReply",
    code: caseReplySchema,
    samples: [
      { case: correction.feed, step: correction.change, due, log },
      { case: correction.feed, step: correction.change, log },
    ],
  },
  {
    schema: "CasesRead",
    code: casesReadSchema,
    samples: [
      { after: 3, head: correction.change, waitMs: 9 },
      { after: 0, head: null, waitMs: 0 },
    ],
  },
  {
    schema: "CaseDelivery",
    code: caseDeliverySchema,
    samples: [
      {
        position: 3,
        head: correction.change,
        cases: [{ steps: ["a.b.c"], due }, { steps: ["a.b.c", "a.b.c"] }],
      },
      { position: 0, head: null, cases: [] },
    ],
  },
  { schema: "Feedback", code: feedbackSchema, samples: [{ report: "a.b.c" }] },
  {
    schema: "FeedbackReply",
    code: feedbackReplySchema,
    samples: [{ report: correction.change, log: { origin: "xinqiao/sz", index: 3, size: 4, root: "AAAA" } }],
  },
  {
    schema: "RevocationsRequest",
    code: revocationsRequestSchema,
    samples: [
      { heard: [], waitMs: 25_000 },
      { heard: [correction.change], waitMs: 0 },
    ],
  },
  {
    schema: "Revocations",
    code: revocationsSchema,
    samples: [{ notices: ["a.b.c"], settled: [correction.change] }],
  },
  { schema: "RevocationAnswer", code: revocationAnswerMessageSchema, samples: [{ answer: "a.b.c" }] },
  {
    schema: "RevocationReceipt",
    code: revocationReceiptSchema,
    samples: [{ answer: correction.change, log: place }],
  },
  {
    schema: "RevocationDone",
    code: revocationDoneSchema,
    samples: [
      { notice: correction.change, outcome: "revoked", on: "2026-03-02" },
      { notice: correction.change, outcome: "kept", on: "2026-03-02", reason: "示例理由" },
    ],
  },
  {
    schema: "ShownRevocations",
    code: shownRevocationsSchema,
    samples: [{ revocations: [shown, { ...shown, standing: "kept", on: "2026-03-02", reason: "示例理由" }] }],
  },
  { schema: "CorrectionsRequest", code: correctionsRequestSchema, samples: [{}, { limit: 5 }] },
  {
    schema: "Corrections",
    code: correctionsSchema,
    samples: [{ corrections: [correction, { ...correction, record: "penalty:1", completion: "a.b.c" }] }],
  },
];
