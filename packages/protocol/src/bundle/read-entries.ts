import type { Checkpoint } from "../checkpoint/index.ts";
import { decodeEntry, type LogEntry, leafHash, verifyInclusion } from "../log/index.ts";
import { decodeBase64 } from "../note/index.ts";
import type { Bundle, BundledEntry } from "./bundle.ts";
import type { Findings } from "./finding.ts";

/** An entry that stands in the log. */
export interface ProvedEntry {
  readonly index: number;
  readonly entry: LogEntry;
  readonly bundled: BundledEntry;
}

export type TakenEntry = ProvedEntry & {
  readonly entry: Extract<LogEntry, { kind: "registry.taken" | "peer.taken" }>;
};

export interface ProvedEntries {
  /** Of the exchange. */
  readonly own: readonly ProvedEntry[];
  /** By which a version of a registry was taken. */
  readonly taken: readonly TakenEntry[];
}

/** Every entry, shown to stand under the checkpoint; nothing when one does not, or does not belong here. */
export function readEntries(
  { exchange, entries }: Bundle,
  checkpoint: Checkpoint,
  findings: Findings,
): ProvedEntries | undefined {
  const own: ProvedEntry[] = [];
  const taken: TakenEntry[] = [];
  let before = -1;
  for (const bundled of entries) {
    const { index } = bundled;
    const entry = provedEntry(bundled, checkpoint);
    if (entry === undefined || index <= before) {
      findings.wrong(
        `条目 ${index} 不在该检查点的日志中`,
        `entry ${index} is not in the log of this checkpoint`,
      );
      return undefined;
    }
    before = index;
    if (entry.exchange === exchange) own.push({ index, entry, bundled });
    else if (isTaken(entry) && !bundled.kept && !bundled.response) taken.push({ index, entry, bundled });
    else {
      findings.wrong(`条目 ${index} 与本次交换无关`, `entry ${index} is none of this exchange`);
      return undefined;
    }
  }
  return { own, taken };
}

function provedEntry({ index, leaf, proof }: BundledEntry, checkpoint: Checkpoint): LogEntry | undefined {
  const hashes = proof.map(decodeBase64).filter((hash) => hash !== undefined);
  const { size, root } = checkpoint;
  const bytes = Buffer.from(leaf);
  const stands =
    hashes.length === proof.length &&
    verifyInclusion({ index, size, root, leafHash: leafHash(bytes), proof: hashes });
  const entry = stands ? decodeEntry(bytes) : undefined;
  return entry?.ok ? entry.value : undefined;
}

const isTaken = (entry: LogEntry): entry is TakenEntry["entry"] =>
  entry.kind === "registry.taken" || entry.kind === "peer.taken";
