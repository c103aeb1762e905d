import {
  bookEntrySchema,
  leavesRequestSchema,
  leavesSchema,
  reconciledSchema,
  reconciliationSchema,
  reconciliationsRequestSchema,
  reconciliationsSchema,
  reportSchema,
  statementSchema,
} from "@xinqiao/protocol/reconciliation";
import type { z } from "zod";

export interface Case {
  readonly schema: string;
  readonly code: z.ZodType;
  readonly samples: readonly unknown[];
}

const digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const what = { status: "answered", digest };
const entry = { side: "answered", exchange: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e", ...what };
const named = { side: entry.side, exchange: entry.exchange, how: "member-only", member: what };
const asked = { count: 1, digest };
const summary = { asked, answered: asked };
const about = { iss: "sz-baoan", iat: 1, member: "sz-baoan", interval: "2026-03-01T02Z" };

/** What travels when an hour of a book is compared. */
export const bookCases: readonly Case[] = [
  { schema: "BookEntry", code: bookEntrySchema, samples: [entry, { ...entry, digest: null }] },
  {
    schema: "BookStatement",
    code: statementSchema,
    samples: [
      { ...about, ...summary },
      { ...about, ...summary, since: 7, checkpoint: "a note" },
    ],
  },
  {
    schema: "BookReport",
    code: reportSchema,
    samples: [
      {
        ...about,
        stated: summary,
        logged: summary,
        findings: [{ ...named, gateway: null, explanation: "answer-not-taken" }],
        more: 0,
        unproven: [],
      },
      {
        ...about,
        stated: summary,
        logged: summary,
        findings: [],
        more: 1,
        unproven: [{ side: "asked", exchange: entry.exchange, by: "consistency" }],
        contradicts: true,
      },
    ],
  },
  {
    schema: "Reconciliation",
    code: reconciliationSchema,
    samples: [
      { statement: "a.b.c" },
      { statement: "a.b.c", findings: [{ ...named, member: null, replyLost: true }], more: 1 },
      { statement: "a.b.c", unproven: [{ side: "asked", exchange: entry.exchange, by: "inclusion-proof" }] },
      { statement: "a.b.c", contradicts: true },
    ],
  },
  {
    schema: "LeavesRequest",
    code: leavesRequestSchema,
    samples: [{ exchanges: [{ side: "asked", exchange: entry.exchange }] }],
  },
  {
    schema: "Leaves",
    code: leavesSchema,
    samples: [
      { leaves: [[], [{ index: 3, leaf: "{}", answers: { "440307": { key: "AAAA", value: digest } } }]] },
    ],
  },
  {
    schema: "ReconciliationsRequest",
    code: reconciliationsRequestSchema,
    samples: [{}, { member: "sz-baoan", limit: 20 }],
  },
  {
    schema: "ReconciliationsAnswer",
    code: reconciliationsSchema,
    samples: [
      {
        reconciliations: [
          {
            member: "sz-baoan",
            interval: about.interval,
            at: "2026-03-01T03:06:00.000Z",
            stated: "a.b.c",
            logged: "a.b.c",
            report: null,
            differences: null,
            explained: 0,
          },
        ],
        newest: [{ member: "dg", interval: null }],
        log: { origin: "xinqiao/sz", index: 3, size: 4, root: "AAAA" },
      },
    ],
  },
  {
    schema: "Reconciled",
    code: reconciledSchema,
    samples: [
      { statement: "a.b.c", report: "a.b.c" },
      { statement: "a.b.c", entries: [entry] },
    ],
  },
];
