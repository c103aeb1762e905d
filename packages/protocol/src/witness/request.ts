import { parseSize, readCheckpoint, type SignedCheckpoint } from "../checkpoint/index.ts";
import { decodeBase64, formatNote, readPlain } from "../note/index.ts";

/** C2SP tlog-witness, `add-checkpoint`: a log's newest checkpoint, and that it extends the one the witness has. */
export interface AddCheckpoint {
  /** Leaves of the checkpoint that the log believes the witness has; 0 when it has none. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly offered: SignedCheckpoint;
}

/** As many as a tree that can be counted has levels, and no more. */
const maxProofLines = 63;
const hashBytes = 32;

/** `old <size>`, the proof's hashes, an empty line, the checkpoint. */
export function formatAddCheckpoint({ oldSize, proof, offered }: AddCheckpoint): string {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`);
  return `old ${oldSize}\n${hashes.join("")}\n${formatNote(offered.note)}`;
}

/** Reads a request; undefined when it is none. Nothing in it is verified. */
export function parseAddCheckpoint(raw: Uint8Array | string): AddCheckpoint | undefined {
  const text = readPlain(raw);
  if (text === undefined) return undefined;
  // The first empty line: the checkpoint behind it has another.
  const end = text.indexOf("\n\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\n");
  const oldSize = first.startsWith("old ") ? parseSize(first.slice("old ".length)) : undefined;
  const proof = parseProof(lines);
  const offered = readCheckpoint(text.slice(end + 2));
  if (oldSize === undefined || proof === undefined || !offered.ok) return undefined;
  return { oldSize, proof, offered: offered.value };
}

function parseProof(lines: readonly string[]): readonly Buffer[] | undefined {
  if (lines.length > maxProofLines) return undefined;
  const hashes = lines.map(decodeBase64).filter((hash) => hash?.length === hashBytes);
  const proof = hashes.filter((hash) => hash !== undefined);
  return proof.length === lines.length ? proof : undefined;
}
