import type { Item, Label } from "@xinqiao/protocol/catalogue";
import { z } from "zod";
import { describeImportFault, describeReason, type ImportFault, type ImportReport } from "../intake/index.ts";

/**
 * What became of a file: every row is held (`taken`), some rows were kept back (`kept-back`), or nothing was read
 * (`refused`).
 */
export const outcomes = ["taken", "kept-back", "refused"] as const;
export type Outcome = (typeof outcomes)[number];

/** What is read again of a report: where its file belongs. */
export const reportedSchema = z.looseObject({ outcome: z.enum(outcomes) });

const words: Readonly<Record<Exclude<Outcome, "refused">, Label>> = {
  taken: {
    zh: "全部数据行均已入库或此前已入库",
    en: "Every row is held, or was held before",
  },
  "kept-back": {
    zh: "部分或全部数据行未入库：请按同名 .report.csv 更正后重新报送",
    en: "Some or all rows were kept back: correct what the .report.csv beside this lists, and send it again",
  },
};

/** For the sender, and for its programs: never a row's values. */
export function reportOf(
  { import: _import, rows, item: code, file, sha256, ...rest }: ImportReport,
  item: Item | undefined,
  answeredAt: string,
) {
  const outcome: keyof typeof words = rest.quarantined === 0 ? "taken" : "kept-back";
  return {
    file,
    sha256,
    outcome,
    ...words[outcome],
    answeredAt,
    item: { code, ...item?.name },
    ...rest,
    /** The first hundred. */
    rows: rows.map(({ line, reasons }) => ({
      line,
      reasons: reasons.map(({ field, reason }) => ({
        ...(field !== undefined && { field }),
        reason,
        ...describeReason(reason),
      })),
    })),
  };
}

export function refusalOf(file: string, sha256: string | undefined, fault: ImportFault, answeredAt: string) {
  const outcome: Outcome = "refused";
  return {
    file,
    ...(sha256 !== undefined && { sha256 }),
    outcome,
    ...describeImportFault(fault),
    code: fault.code,
    answeredAt,
  };
}
