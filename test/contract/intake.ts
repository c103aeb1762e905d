import { postedSchema, receiptSchema } from "@xinqiao/node-agent/intake";
import type { Case } from "./books.ts";

const reference = "2026-02-01.7";
const reasons = [
  { field: "CF_JDRQ", reason: "date-not-real", zh: "日期不存在", en: "no such day" },
  { reason: "subject-missing", zh: "没有证件号码", en: "no identifier" },
];

/** What a platform posts to its own agent, and gets for it. */
export const intakeCases: readonly Case[] = [
  {
    schema: "PostedRows",
    code: postedSchema,
    samples: [
      { reference, rows: [{ CF_WSH: "示罚〔2026〕1号", CF_NR_FK: 0.5 }, {}] },
      { reference, corrects: "a", rows: [{}] },
    ],
  },
  {
    schema: "IntakeReceipt",
    code: receiptSchema,
    samples: [
      {
        reference,
        item: "penalty",
        import: 3,
        receivedAt: "2026-02-01T00:00:00.000Z",
        received: 4,
        accepted: 1,
        unchanged: 1,
        quarantined: 1,
        duplicates: 1,
        unknownColumns: ["备注"],
        rows: [{ row: 2, reasons }],
      },
    ],
  },
];
