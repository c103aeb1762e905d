import { emptyRoot } from "../log/index.ts";
import { decodeBase64 } from "../note/index.ts";

/** C2SP tlog-checkpoint: what a log says it is at one moment. */
export interface Checkpoint {
  /** Which log. Ours is the log's key name; another's may be any line. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  /** RFC 9162's root of the tree of that size. */
  readonly root: Uint8Array;
  /** Lines that nobody audits: ours has none, another's may. */
  readonly extensions?: readonly string[];
}

const rootBytes = 32;

/** A checkpoint as the text of a note. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  return `${[origin, size, Buffer.from(root).toString("base64"), ...extensions].join("\n")}\n`;
}

/** Reads one back; undefined when it is none. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const lines = text.split("\n");
  if (lines.pop() !== "") return undefined;
  const [origin = "", second = "", third = "", ...extensions] = lines;
  const size = parseSize(second);
  const root = decodeBase64(third);
  if (origin === "" || size === undefined || root?.length !== rootBytes) return undefined;
  if (extensions.includes("")) return undefined;
  // There is one empty tree (RFC 9162 §2.1.1).
  if (size === 0 && !root.equals(emptyRoot)) return undefined;
  return { origin, size, root, ...(extensions.length > 0 && { extensions }) };
}

/** A number of leaves in decimal, without leading zeros and no larger than is counted exactly. */
export function parseSize(text: string): number | undefined {
  const size = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}
