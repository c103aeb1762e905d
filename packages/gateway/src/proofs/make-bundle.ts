import type { Bundle, BundledEntry } from "@xinqiao/protocol/bundle";
import {
  logOrigin,
  logVerifiers,
  openCheckpoint,
  verifyCosignatures,
  witnessesOf,
} from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { inclusionProof, type LogEntry, type ProofAudience } from "@xinqiao/protocol/log";
import { formatNote, verifiedSignatures } from "@xinqiao/protocol/note";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { KeptCheckpoint, ProofSource, PublishedLog } from "../log/index.ts";
import { nodeReader } from "../witnesses/index.ts";
import type { IndexedEntry } from "./indexed-entry.ts";
import { type RegistryTexts, versionsFor } from "./versions.ts";

export interface BundleDependencies {
  readonly city: NodeId;
  readonly source: ProofSource;
  readonly published: PublishedLog;
  readonly texts: RegistryTexts;
  /** How many other organisations are to have cosigned, where that can be had. */
  readonly quorum: number;
}

/** Everything of an exchange that a gateway has and may show to whom it is for. Fails with `audit.not-covered`. */
export async function makeBundle(
  exchange: string,
  entries: readonly IndexedEntry[],
  audience: ProofAudience,
  deps: BundleDependencies,
): Promise<Result<Bundle, Fault>> {
  const last = entries.at(-1);
  const covering = last && coveringCheckpoint(last.index + 1, deps);
  if (covering === undefined) return err(fault("audit.not-covered"));
  const { size } = covering;
  const versions = await versionsFor(entries, size, deps);
  const read = nodeReader(deps.published);
  const all: BundledEntry[] = [...entries, ...versions.map(({ taken }) => taken)]
    .sort((one, other) => one.index - other.index)
    .map(({ index, leaf, entry }) => ({
      index,
      leaf,
      proof: inclusionProof(read, index, size).map((hash) => Buffer.from(hash).toString("base64")),
      ...(entry.exchange === exchange && shown(index, entry, audience, deps.source)),
    }));
  const newest = versions.findLast(({ taken }) => taken.entry.kind === "registry.taken")?.registry.document;
  return ok({
    v: 1,
    exchange,
    checkpoint: newest === undefined ? covering.note : knownSignatures(covering, deps.city, newest),
    entries: all,
    registries: versions.map(({ registry }) => registry.text),
  });
}

/** The earliest is the strongest: it says that by then the entries were there. */
function coveringCheckpoint(
  size: number,
  { published, quorum }: Pick<BundleDependencies, "published" | "quorum">,
): KeptCheckpoint | undefined {
  return published.covering(size, quorum) ?? published.covering(size, 1) ?? published.covering(size, 0);
}

/** Without lines of keys that nobody could tell by what is in the bundle. */
function knownSignatures(
  { note: raw }: KeptCheckpoint,
  city: NodeId,
  { log = [], members }: RegistryDocument,
): string {
  const verifiers = logVerifiers(city, log);
  const opened = openCheckpoint(raw, logOrigin(city), verifiers);
  if (!opened.ok) return raw;
  const { note } = opened.value;
  const own = verifiedSignatures(note, verifiers);
  const cosigned = verifyCosignatures(note, witnessesOf(members));
  if (!own.ok || !cosigned.ok) return raw;
  const signatures = [...own.value, ...cosigned.value.map(({ signature }) => signature)];
  return formatNote({ ...note, signatures });
}

/**
 * What was kept beside an entry, as far as it may be shown. An auditor sees the digests of answers and nothing else: the
 * digest of a request would be found again by trying identity numbers.
 */
function shown(
  index: number,
  entry: LogEntry,
  audience: ProofAudience,
  source: ProofSource,
): Pick<BundledEntry, "kept" | "response"> {
  const evidence = source.evidence(index);
  if (typeof evidence === "string") return {};
  if (audience !== "auditor") return evidence;
  const openings = entry.kind === "lookup.outcome" ? evidence.kept.openings : [];
  const digests = openings.filter(({ field }) => field.startsWith("answer."));
  return digests.length > 0 ? { kept: { openings: digests } } : {};
}
