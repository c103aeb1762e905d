import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { checkSubject, subjectSchema } from "@xinqiao/protocol/identity";
import { mostScreened, type OpenedScreening, openedScreeningSchema } from "@xinqiao/protocol/screening";
import { CommandError, createProgress } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";

export interface ScreenOptions {
  readonly home: string;
  readonly purpose: string;
  readonly items?: string;
  readonly kind: string;
  readonly scheme: string;
  readonly out: string;
}

/** The city was not to be had for some of them: none of those may be taken for clean. */
const partialExitCode = 2;

const hitsHeader = "line,identifier,source,items,measures,exchange,records";

/** Screens a file of identifiers, one a line, in requests of ten thousand; the hits go into a file. */
export async function screenFile(file: string, options: ScreenOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const { size } = await stat(file).catch(() => {
    throw new CommandError(`no such file · 没有该文件: ${file}`);
  });
  const step = createProgress(process.stderr).begin("筛查 screening");
  if (await exists(options.out)) throw new CommandError(`is there already · 文件已存在: ${options.out}`);
  const draft = `${options.out}.part`;
  const out = createWriteStream(draft, { mode: 0o600 });
  await once(out, "open").catch(() => {
    throw new CommandError(`cannot be made · 无法新建: ${draft}`);
  });
  out.write(`${hitsHeader}\n`);
  const exceptions = new Set(config.identifierExceptions);
  const subjectOf = ({ id }: Line) => subjectSchema.parse({ kind: options.kind, scheme: options.scheme, id });
  const counts = { screened: 0, hits: 0, unanswered: 0, invalid: 0 };
  let bytes = 0;
  for await (const read of batchesOf(file)) {
    const batch = read.filter((line) => checkSubject(subjectOf(line), { exceptions }).ok);
    for (const { number, id } of read.filter((line) => !batch.includes(line))) {
      counts.invalid += 1;
      out.write(`${number},${quoted(id)},,,"无效标识 not a valid identifier",,\n`);
    }
    bytes += read.reduce((sum, { id }) => sum + id.length + 1, 0);
    step.at(Math.min(bytes, size), size);
    if (batch.length === 0) continue;
    const body = {
      purpose: options.purpose,
      ...(options.items !== undefined && { items: options.items.split(",") }),
      subjects: batch.map(subjectOf),
    };
    const answer = openedScreeningSchema.parse(JSON.parse(await postLocal(config, "/v1/screenings", body)));
    counts.screened += answer.screened;
    counts.unanswered += answer.from === "city" ? 0 : batch.length;
    counts.hits += new Set(answer.hits.map(({ subject }) => subject)).size;
    for (const line of linesOf(answer, batch)) out.write(`${line}\n`);
  }
  out.end();
  await once(out, "finish");
  await rename(draft, options.out);
  step.end();
  if (counts.unanswered > 0 || counts.invalid > 0) process.exitCode = partialExitCode;
  const notice =
    counts.unanswered === 0 ? "" : `\nnot by the city · 非市级答复: ${counts.unanswered} (screeningWhenAway)`;
  const unread = counts.invalid === 0 ? "" : `, invalid · 无效 ${counts.invalid}`;
  return `screened · 筛查 ${counts.screened}, listed · 命中 ${counts.hits}${unread}: ${options.out}${notice}`;
}

interface Line {
  readonly number: number;
  readonly id: string;
}

async function* batchesOf(file: string): AsyncGenerator<readonly Line[]> {
  let batch: Line[] = [];
  let number = 0;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    const id = text.trim();
    if (id === "") continue;
    batch.push({ number, id });
    if (batch.length < mostScreened) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function linesOf({ hits, exchange = "" }: OpenedScreening, batch: readonly Line[]): string[] {
  return hits.map(({ subject, source, items, measures, records }) => {
    const line = batch[subject];
    const named = measures.map(({ name }) => `${name.zh} ${name.en}`).join("; ");
    // What a report of what was done names: `feedback`.
    const versions = records.map(({ id, version }) => `${id} ${version}`).join("; ");
    const what = [source, items.join(" "), quoted(named), exchange, quoted(versions)];
    return [line?.number, quoted(line?.id ?? ""), ...what].join(",");
  });
}

/** RFC 4180 §2; what a spreadsheet would take for a formula stands behind an apostrophe. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
