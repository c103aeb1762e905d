import { parentPort, workerData } from "node:worker_threads";
import type { EntryRules } from "./entries.ts";
import { collectFindings, type Finding } from "./finding.ts";
import { type CheckedBy, createNoteCheck } from "./notes.ts";
import { type KeptNote, type LogPlace, openSource } from "./source/index.ts";
import { checkSpan, type SpanReport } from "./span.ts";

/** What a thread is told once. */
export interface Task {
  readonly place: LogPlace;
  readonly size: number;
  readonly counted?: KeptNote;
  readonly by: CheckedBy;
  readonly rules: EntryRules;
  readonly mostFindings: number;
}

export interface SpanResult {
  readonly report: SpanReport;
  readonly findings: readonly Finding[];
  readonly count: number;
}

/** Checks the spans it is given by their numbers, one after another. */
export function createSpanChecker({ place, size, counted, by, rules, mostFindings }: Task): {
  check(span: number): Promise<SpanResult>;
  close(): void;
} {
  let findings = collectFindings(mostFindings);
  const find: typeof findings.find = (...found) => findings.find(...found);
  const source = openSource(place, find, counted);
  const tools = { source, notes: createNoteCheck(by, find), rules, find };
  return {
    async check(span) {
      findings = collectFindings(mostFindings);
      const report = await checkSpan(span, size, tools);
      return { report, findings: findings.kept, count: findings.count };
    },
    close: source.close,
  };
}

function main(port: NonNullable<typeof parentPort>, task: Task): void {
  const checker = createSpanChecker(task);
  let before: Promise<unknown> = Promise.resolve();
  port.on("message", (span: number) => {
    before = before.then(async () => port.postMessage(await checker.check(span)));
  });
}

if (parentPort && workerData?.fsck) main(parentPort, workerData.fsck);
