import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { checkSubject, type Subject, subjectSchema } from "@xinqiao/protocol/identity";
import type { OpenedScreening } from "@xinqiao/protocol/screening";
import { CommandError } from "@xinqiao/runtime/cli";
import { defused } from "../row/index.ts";
import { disputeText } from "./copies.ts";

/** A line of a list: an identifier, and where it stands. */
export interface Line {
  readonly number: number;
  readonly id: string;
}

/** Which list it is, and how many lines it has. No text holds a zero byte: a workbook does. */
export async function surveyOf(file: string): Promise<{ readonly sha256: string; readonly lines: number }> {
  const hash = createHash("sha256");
  let [lines, last, isText] = [0, newline, true];
  try {
    for await (const chunk of createReadStream(file)) {
      const bytes: Buffer = chunk;
      hash.update(bytes);
      isText &&= !bytes.includes(0);
      for (const byte of bytes) if (byte === newline) lines += 1;
      last = bytes.at(-1) ?? last;
    }
  } catch {
    throw new CommandError(`no such file · 没有该文件: ${file}`);
  }
  if (!isText)
    throw new CommandError(`is no text, one identifier a line · 不是每行一个标识的文本文件: ${file}`);
  return { sha256: hash.digest("hex"), lines: last === newline ? lines : lines + 1 };
}

const newline = 10;

/** Identifiers behind a line, so many at a time; empty lines are counted and left out. */
export async function* batchesOf(file: string, after: number, most: number): AsyncGenerator<readonly Line[]> {
  let batch: Line[] = [];
  let number = 0;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    const id = text.trim();
    if (number <= after || id === "") continue;
    batch.push({ number, id });
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export interface ReadSubjects {
  /** Lines that name a subject, and each one's subject at the same place. */
  readonly batch: readonly Line[];
  readonly subjects: readonly Subject[];
  readonly invalid: readonly Line[];
}

/** Which subjects lines name. Whatever stands in a line holds up no other one. */
export function readSubjects(
  lines: readonly Line[],
  {
    kind,
    scheme,
    exceptions,
  }: Pick<Subject, "kind" | "scheme"> & { readonly exceptions: ReadonlySet<string> },
): ReadSubjects {
  const read: { batch: Line[]; subjects: Subject[]; invalid: Line[] } = {
    batch: [],
    subjects: [],
    invalid: [],
  };
  for (const line of lines) {
    const subject = subjectSchema.safeParse({ kind, scheme, id: line.id });
    if (subject.success && checkSubject(subject.data, { exceptions }).ok) {
      read.batch.push(line);
      read.subjects.push(subject.data);
    } else read.invalid.push(line);
  }
  return read;
}

export const hitsColumns: readonly string[] = [
  "行号 line",
  "标识 identifier",
  "来源 source",
  "事项 items",
  "措施 measures",
  "争议 disputes",
  "交换号 exchange",
  "记录 records",
];

/** What is told of a line of the list, a cell a column. */
export type HitsRow = readonly string[];

/** One of those, and of which line it tells. */
interface NumberedRow {
  readonly number: number;
  readonly cells: HitsRow;
}

/** What came of some lines, in the order of the list. */
export function hitsRows(
  answer: OpenedScreening | undefined,
  { batch, invalid }: Pick<ReadSubjects, "batch" | "invalid">,
): readonly HitsRow[] {
  const hits = answer === undefined ? [] : rowsOf(answer, batch);
  const rows = [...hits, ...invalid.map(invalidRow)].sort((one, other) => one.number - other.number);
  return rows.map(({ number, cells }) => [String(number), ...cells.map(defused)]);
}

function rowsOf({ hits, exchange = "" }: OpenedScreening, batch: readonly Line[]): readonly NumberedRow[] {
  return hits.map(({ subject, source, items, measures, records, disputes = [] }) => {
    const { number = 0, id = "" } = batch[subject] ?? {};
    const named = measures.map(({ name }) => `${name.zh} ${name.en}`).join("; ");
    const disputed = disputes.map(({ kind, since, record = "" }) =>
      `${disputeText(kind, since)} ${record}`.trim(),
    );
    // What a report of what was done names: `feedback`.
    const versions = records.map(({ id, version }) => `${id} ${version}`).join("; ");
    return { number, cells: [id, source, items.join(" "), named, disputed.join("; "), exchange, versions] };
  });
}

function invalidRow({ number, id }: Line): NumberedRow {
  return { number, cells: [id, "", "", "无效标识 not a valid identifier", "", "", ""] };
}
