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

/** A template that was sent as it is, or the wrong sheet saved. */
const noRows: Label = {
  zh: "文件中没有数据行，未入库任何内容：请核对所报工作表，填写后重新报送",
  en: "The file has no rows: nothing was taken in. Check that it is the sheet that was meant, and send it again once it is filled in",
};

const words: Readonly<Record<Exclude<Outcome, "refused">, Label>> = {
  taken: {
    zh: "全部数据行均已入库或此前已入库",
    en: "Every row is held, or was held before",
  },
  "kept-back": {
    zh: "部分或全部数据行未入库：请在原文件中更正同名 .report.csv 所列各行，以同一文件名整份重新报送",
    en: "Some or all rows were kept back: correct in the file that you sent the rows that the .report.csv beside this lists, and send it whole again under the same name",
  },
};

/** For the sender, and for its programs: never a row's values. */
export function reportOf(
  { import: _import, titles: _titles, rows, item: code, file, sha256, ...rest }: ImportReport,
  item: Item | undefined,
  answeredAt: string,
) {
  const labels = new Map(item?.fields.map(({ name, label }) => [name, label]));
  const outcome: keyof typeof words = rest.quarantined === 0 ? "taken" : "kept-back";
  return {
    file,
    sha256,
    outcome,
    ...(rest.received === 0 ? noRows : words[outcome]),
    answeredAt,
    item: { code, ...item?.name },
    ...rest,
    /** The first hundred. */
    rows: rows.map(({ line, reasons }) => ({
      line,
      reasons: reasons.map(({ field, reason }) => ({
        ...(field !== undefined && { field, label: labels.get(field) }),
        reason,
        ...describeReason(reason),
      })),
    })),
  };
}

/** Who drops a file into a folder cannot name its item. */
const senderWords: Partial<Readonly<Record<ImportFault["code"], Label>>> = {
  "import.item-not-recognised": {
    en: "The header belongs to no item of the catalogue: use the template's headings",
    zh: "表头与目录中任何事项都不相符：请使用模板表头",
  },
  "import.item-ambiguous": {
    en: "The header fits several items: use the headings of the template of the one that is meant",
    zh: "表头同时符合多个事项：请使用所报事项的模板表头",
  },
};

export function refusalOf(file: string, sha256: string | undefined, fault: ImportFault, answeredAt: string) {
  const outcome: Outcome = "refused";
  return {
    file,
    ...(sha256 !== undefined && { sha256 }),
    outcome,
    ...describeImportFault(fault, senderWords[fault.code]),
    code: fault.code,
    answeredAt,
  };
}
