import { createOrderCheck, type EntryRules } from "./entries.ts";
import { collectFindings, type Find, type Finding } from "./finding.ts";
import { type CheckedBy, createNoteCheck } from "./notes.ts";
import { levelsInTile, settle, tileWidth } from "./settle.ts";
import { type LogPlace, type LogSource, openSource } from "./source/index.ts";
import type { CheckedNote, SpanReport } from "./span.ts";
import { checkSpans } from "./threads.ts";
import { emptyRoot, hashBytes, rootOf } from "./tree.ts";

export interface CheckOptions extends CheckedBy, EntryRules {
  readonly onProgress?: (done: number, total: number) => void;
}

export interface LogCheck {
  readonly size: number;
  /** As recomputed from the entries, base64. */
  readonly root: string;
  readonly leafBytes: number;
  readonly checkpoints: number;
  /** The newest checkpoint that was checked, and whose cosignatures on it hold. */
  readonly newest?: { readonly size: number; readonly cosigners: readonly string[] };
  readonly openIntents: number;
  readonly findings: readonly Finding[];
  /** More than are listed, when there are too many to list. */
  readonly found: number;
}

const mostFindings = 1_000;
/** Spans are tiles of this level. */
const spanLevel = 2;

/** Recomputes a log from its entries and holds it against everything that it says of itself. */
export async function checkLog(place: LogPlace, options: CheckOptions): Promise<LogCheck> {
  const findings = collectFindings(mostFindings);
  const { find } = findings;
  const source = openSource(place, find);
  try {
    const { size, head, counted } = await source.overview();
    const order = createOrderCheck(options, find);
    const tree = createUpperTree(source, find);
    const { originKeys, registry, toleranceMs, reading } = options;
    const by = { originKeys, ...(registry !== undefined && { registry }) };
    const counts = { leafBytes: 0, checkpoints: await checkEmpty(source, by, find) };
    let newest: CheckedNote | undefined;
    const task = {
      place,
      size,
      ...(counted && { counted }),
      by,
      rules: { toleranceMs, reading },
      mostFindings,
    };
    for await (const { report, ...found } of checkSpans(task)) {
      for (const { kind, at, detail } of found.findings) find(kind, at, detail);
      findings.count += found.count - found.findings.length;
      order.take(report.entries);
      checkNotes(report, tree, find);
      newest = report.notes.at(-1) ?? newest;
      counts.leafBytes += report.leafBytes;
      counts.checkpoints += report.notes.length;
      await tree.take(report);
      options.onProgress?.(report.end.size, size);
    }
    const root = await tree.finish();
    if (head !== undefined && !head.root.equals(root)) find("head-differs", "head");
    await source.examine();
    return {
      size,
      root: root.toString("base64"),
      ...counts,
      ...(newest && { newest: { size: newest.size, cosigners: newest.cosigners } }),
      openIntents: order.open(),
      findings: findings.kept,
      found: findings.count,
    };
  } finally {
    source.close();
  }
}

/** A checkpoint of nothing stands in front of every span. */
async function checkEmpty(source: LogSource, by: CheckedBy, find: Find): Promise<number> {
  const kept = await source.checkpoints(-1, 0);
  const notes = createNoteCheck(by, find);
  for (const note of kept) notes.judge(note);
  return kept.length;
}

function checkNotes({ notes }: SpanReport, { rootWith }: UpperTree, find: Find): void {
  for (const { size, hash, root } of notes) {
    if (!rootWith(Buffer.from(hash)).equals(root)) find("checkpoint-root", `checkpoint ${size}`);
  }
}

interface UpperTree {
  /** The root of the spans taken so far and of what stands behind them. */
  rootWith(behind: Buffer): Buffer;
  take(span: SpanReport): Promise<void>;
  finish(): Promise<Buffer>;
}

/** The tree above the spans: what is left of each level until its tile is full. */
function createUpperTree(source: LogSource, find: Find): UpperTree {
  const levels: { index: number; hashes: Buffer[] }[] = [];
  let end: Buffer | undefined;

  const stackRoot = (behind: Buffer | undefined): Buffer | undefined =>
    levels.reduce<Buffer | undefined>((root, { hashes }) => rootOf(Buffer.concat(hashes), root), behind);

  const settleLevel = (place: number) => {
    const { index, hashes } = levels[place] ?? { index: 0, hashes: [] };
    return settle(
      { level: spanLevel + place, index, bytes: Buffer.concat(hashes), missing: [] },
      source,
      find,
    );
  };

  async function push(place: number, hash: Buffer): Promise<void> {
    levels[place] ??= { index: 0, hashes: [] };
    const level = levels[place];
    level.hashes.push(hash);
    if (level.hashes.length < tileWidth) return;
    const whole = await settleLevel(place);
    levels[place] = { index: level.index + 1, hashes: [] };
    await push(place + 1, rootOf(whole) ?? whole);
  }

  return {
    rootWith: (behind) => stackRoot(behind) ?? behind,
    async take({ end: { size, hash } }) {
      if (size % 2 ** (spanLevel * levelsInTile) === 0) await push(0, Buffer.from(hash));
      else end = Buffer.from(hash);
    },
    async finish() {
      for (let place = 0; place < levels.length; place += 1) {
        const settled = await settleLevel(place);
        const hashes = Array.from({ length: settled.length / hashBytes }, (_, at) =>
          settled.subarray(at * hashBytes, (at + 1) * hashBytes),
        );
        levels[place] = { index: levels[place]?.index ?? 0, hashes };
      }
      return stackRoot(end) ?? emptyRoot;
    },
  };
}
