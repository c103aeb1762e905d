import type { SubjectKind, SubjectScheme } from "@xinqiao/protocol/identity";
import { mostScreened, type OpenedScreening, openedScreeningSchema } from "@xinqiao/protocol/screening";
import { CommandError, createProgress } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
import { type AgentConfig, loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";
import { batchesOf, hitsColumns, hitsRows, type Line, readSubjects, surveyOf } from "./screen-list.ts";
import { openPart, type ScreenCounts, type ScreeningPart } from "./screen-part.ts";

export interface ScreenOptions {
  readonly home: string;
  readonly purpose: string;
  readonly items?: string;
  readonly kind: SubjectKind;
  readonly scheme: SubjectScheme;
  readonly out: string;
}

/** The city was not to be had for some of them: none of those may be taken for clean. */
const partialExitCode = 2;

/** A list waits for the city as long as may be. */
const patienceMs = 60_000;

/**
 * Screens a file of identifiers, one a line, in requests of ten thousand; the hits go into a file. Whatever cuts it off,
 * the same command goes on behind the last request that was answered.
 */
export async function screenFile(file: string, options: ScreenOptions): Promise<string> {
  const { home, purpose, items, kind, scheme, out } = options;
  const config = await loadConfig(home);
  const { sha256, lines } = await surveyOf(file);
  if (await exists(out)) throw new CommandError(`is there already · 文件已存在: ${out}`);
  const part = openPart(out, JSON.stringify({ sha256, purpose, items, kind, scheme, hitsColumns }));
  try {
    await screenRest(file, { config, options, part, lines });
    const { counts } = part;
    await part.finish(out, hitsColumns);
    return summary(counts, out);
  } finally {
    part.close();
  }
}

interface Run {
  readonly config: AgentConfig;
  readonly options: ScreenOptions;
  readonly part: ScreeningPart;
  /** Of the whole list. */
  readonly lines: number;
}

async function screenRest(file: string, run: Run): Promise<void> {
  const { part, lines } = run;
  const step = createProgress(process.stderr).begin("筛查 screening");
  const [begun, from] = [performance.now(), part.line];
  const show = (done = part.line) => {
    const rate = Math.round(((done - from) * 1_000) / (performance.now() - begun + 1));
    step.at(done, lines, `${done} / ${lines} · ${rate} /s`);
  };
  show();
  for await (const batch of batchesOf(file, from, mostScreened)) {
    await screenBatch(batch, run);
    show();
  }
  // Empty lines at the end are nobody's.
  show(lines);
  step.end();
}

async function screenBatch(read: readonly Line[], { config, options, part }: Run): Promise<void> {
  const exceptions = new Set(config.identifierExceptions);
  const { purpose, items, kind, scheme } = options;
  const list = readSubjects(read, { kind, scheme, exceptions });
  const { subjects, invalid } = list;
  const asked = { purpose, deadlineMs: patienceMs, ...(items !== undefined && { items: items.split(",") }) };
  const answer = subjects.length === 0 ? undefined : await ask(config, { ...asked, subjects }, part);
  const last = read.at(-1)?.number ?? part.line;
  part.keep(
    last,
    added(part.counts, { answer, asked: subjects.length, invalid: invalid.length }),
    hitsRows(answer, list),
  );
}

/** A file has time: where nobody was asked it is asked later, whatever an approval flow would do. */
async function ask(config: AgentConfig, body: object, { line }: ScreeningPart): Promise<OpenedScreening> {
  const kept = `\nlines done · 已完成行数: ${line}; the same command goes on from there · 重新执行同一命令即从该处继续`;
  const goesOn = line === 0 ? "" : kept;
  const answered = await postLocal(config, "/v1/screenings", body).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}${goesOn}`);
  });
  const answer = openedScreeningSchema.parse(JSON.parse(answered));
  if (answer.from !== "nobody") return answer;
  throw new CommandError(`the city is not to be had · 市级不可达${goesOn}`);
}

function added(
  before: ScreenCounts,
  {
    answer,
    asked,
    invalid,
  }: { readonly answer: OpenedScreening | undefined; readonly asked: number; readonly invalid: number },
): ScreenCounts {
  return {
    screened: before.screened + (answer?.screened ?? 0),
    hits: before.hits + new Set(answer?.hits.map(({ subject }) => subject)).size,
    unanswered: before.unanswered + (answer?.from === "copies" ? asked : 0),
    invalid: before.invalid + invalid,
  };
}

function summary({ screened, hits, unanswered, invalid }: ScreenCounts, out: string): string {
  if (unanswered > 0 || invalid > 0) process.exitCode = partialExitCode;
  const notice = unanswered === 0 ? "" : `\nnot by the city · 非市级答复: ${unanswered} (screeningWhenAway)`;
  const unread = invalid === 0 ? "" : `, invalid · 无效 ${invalid}`;
  return `screened · 筛查 ${screened}, listed · 命中 ${hits}${unread}: ${out}${notice}`;
}
