import { createEntryCheck, type EntryRules, type SpanEntries } from "./entries.ts";
import type { Find } from "./finding.ts";
import type { JudgedNote, NoteCheck } from "./notes.ts";
import { settle, tileWidth } from "./settle.ts";
import type { LogSource } from "./source/index.ts";
import { hashBytes, hashInto, rootOf } from "./tree.ts";

/** Entries that one thread checks at a time: a tile of tiles. */
export const spanWidth = tileWidth * tileWidth;

/** A size within the span, and what the entries of the span up to it come to. */
export interface SpanHead {
  readonly size: number;
  readonly hash: Uint8Array;
}

export interface CheckedNote extends SpanHead, Pick<JudgedNote, "cosigners"> {
  /** What the checkpoint says. */
  readonly root: Uint8Array;
}

export interface SpanReport {
  /** The span as a whole. */
  readonly end: SpanHead;
  readonly notes: readonly CheckedNote[];
  readonly entries: SpanEntries;
  readonly leafBytes: number;
}

export interface SpanTools {
  readonly source: LogSource;
  readonly notes: NoteCheck;
  readonly rules: EntryRules;
  readonly find: Find;
}

/** Checks the entries of one span of a log of `size`, and everything that stands on them alone. */
export async function checkSpan(span: number, size: number, tools: SpanTools): Promise<SpanReport> {
  const { source, rules, find } = tools;
  const from = span * spanWidth;
  const to = Math.min(size, from + spanWidth);
  const entries = createEntryCheck(rules, find);
  const roots: Buffer[] = [];
  const pending: {
    readonly size: number;
    readonly tiles: number;
    readonly behind?: Buffer;
    judged?: JudgedNote;
  }[] = [];
  let leafBytes = 0;
  for (let first = from; first < to; first += tileWidth) {
    const end = Math.min(to, first + tileWidth);
    const leaves = await source.leaves(first, end);
    leaves.forEach((leaf, place) => {
      leafBytes += leaf === undefined ? 0 : leaf.length - 1;
      entries.take(first + place, leaf);
    });
    const tile = await settle({ level: 0, index: first / tileWidth, ...hashesOf(leaves) }, source, find);
    for (const judged of await notesWithin(first, end, tools)) {
      const part = tile.subarray(0, (judged.checkpoint.size - first) * hashBytes);
      pending.push({ size: judged.checkpoint.size, tiles: roots.length, ...behindOf(part), judged });
    }
    if (end - first === tileWidth) roots.push(rootOf(tile) ?? tile);
    else pending.push({ size: end, tiles: roots.length, ...behindOf(tile) });
  }
  const upper = await settle(
    { level: 1, index: span, bytes: Buffer.concat(roots), missing: [] },
    source,
    find,
  );
  const hashAt = ({ tiles, behind }: { readonly tiles: number; readonly behind?: Buffer }) =>
    rootOf(upper.subarray(0, tiles * hashBytes), behind) ?? Buffer.alloc(0);
  const last = pending.find(({ judged }) => judged === undefined) ?? { tiles: roots.length };
  return {
    end: { size: to, hash: hashAt(last) },
    notes: pending.flatMap(({ judged, ...place }) =>
      judged === undefined
        ? []
        : [
            {
              size: place.size,
              hash: hashAt(place),
              root: judged.checkpoint.root,
              cosigners: judged.cosigners,
            },
          ],
    ),
    entries: entries.finish(),
    leafBytes,
  };
}

function hashesOf(leaves: readonly (Buffer | undefined)[]) {
  const bytes = Buffer.alloc(leaves.length * hashBytes);
  const missing: number[] = [];
  leaves.forEach((leaf, place) => {
    if (leaf === undefined) missing.push(place);
    else hashInto(leaf, bytes, place);
  });
  return { bytes, missing };
}

function behindOf(hashes: Buffer): { readonly behind?: Buffer } {
  const behind = rootOf(hashes);
  return behind === undefined ? {} : { behind };
}

async function notesWithin(above: number, upTo: number, { source, notes }: SpanTools): Promise<JudgedNote[]> {
  const kept = await source.checkpoints(above, upTo);
  return kept
    .map(notes.judge)
    .filter((judged) => judged !== undefined)
    .filter(({ checkpoint: { size } }) => size > above && size <= upTo);
}
