import { cosign, witnessName } from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type DatedKey, type Signer, thumbprint } from "@xinqiao/protocol/keys";
import { formatNote, formatSignature, noteKey } from "@xinqiao/protocol/note";
import type { Directory } from "@xinqiao/protocol/registry";
import {
  formatHeldSize,
  heldSizeMediaType,
  judgeCheckpoint,
  malformedStatus,
  parseAddCheckpoint,
  statusOf,
  type WitnessJudgement,
} from "@xinqiao/protocol/witness";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import type { KeptEvidence, Move, WitnessBook } from "./port.ts";
import { confirm, reopen, type WatchedLog, watchedLog } from "./watched-log.ts";

export interface WitnessDependencies {
  readonly self: NodeId;
  /** The city whose log this member watches. */
  readonly city: NodeId;
  /** What the city's registry lists for its log. */
  readonly logKeys: () => readonly DatedKey[];
  readonly directory: () => Pick<Directory, "member">;
  readonly signer: Signer;
  readonly book: WitnessBook;
  readonly get: GetFromGateway;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onCosigned: (size: number) => void;
  /** The log contradicts what it has signed before: both checkpoints are kept. */
  readonly onAlarm: (evidence: KeptEvidence) => void;
}

/** What is answered, as C2SP tlog-witness has it. */
export interface WitnessAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

const plain = (status: number, body = ""): WitnessAnswer => ({
  status,
  body,
  contentType: "text/plain; charset=utf-8",
});

/** Answers `add-checkpoint`: what it is about to cosign is kept first, and only then said. */
export async function addCheckpoint(body: Uint8Array, deps: WitnessDependencies): Promise<WitnessAnswer> {
  const request = parseAddCheckpoint(body);
  if (request === undefined) return plain(malformedStatus);
  const key = ownKey(deps);
  // One that the registry does not list (yet) convinces nobody.
  if (key === undefined) return plain(503);
  const log = watchedLog(deps.city, deps.logKeys());
  const judged = deps.book.move(log.origin, (note): Move<WitnessJudgement> => {
    const held = note === undefined ? undefined : reopen(note);
    const judgement = judgeCheckpoint(held, request, log);
    return judgement.kind === "cosign"
      ? { judged: judgement, hold: formatNote(judgement.offered.note) }
      : { judged: judgement };
  });
  if (judged.kind !== "cosign") {
    await suspect(judged, log, deps);
    return refusal(judged);
  }
  const { note, checkpoint } = judged.offered;
  const signature = await cosign(note.text, key, deps.signer, Math.floor(deps.now() / 1000));
  deps.onCosigned(checkpoint.size);
  return plain(200, formatSignature(signature));
}

function ownKey({ self, directory, signer: { keyId } }: WitnessDependencies) {
  const keys = directory().member(self)?.keys ?? [];
  const listed = keys.find(({ jwk }) => thumbprint(jwk) === keyId);
  return listed && noteKey("cosignature", witnessName(self), listed.jwk);
}

/**
 * Two pasts of one size prove themselves. That a checkpoint is older, or came without its proof, proves nothing yet:
 * the log itself is asked whether it goes on from what this member holds.
 */
async function suspect(
  judged: Exclude<WitnessJudgement, { kind: "cosign" }>,
  log: WatchedLog,
  { book, get, now, onAlarm }: WitnessDependencies,
): Promise<void> {
  if (!("evidence" in judged) || judged.evidence === undefined) return;
  const { held, offered } = judged.evidence;
  const raise = (kind: KeptEvidence["kind"], note: string) => {
    const evidence = { kind, at: now(), held: formatNote(held.note), offered: note };
    if (book.keep(evidence)) onAlarm(evidence);
  };
  if (judged.kind === "fork") return raise("forked", formatNote(offered.note));
  const confirmed = await confirm(held, log, get);
  if (confirmed.kind === "not-extended") raise("not-extended", confirmed.newest);
}

function refusal(judged: Exclude<WitnessJudgement, { kind: "cosign" }>): WitnessAnswer {
  const status = statusOf(judged);
  return "heldSize" in judged
    ? { status, body: formatHeldSize(judged.heldSize), contentType: heldSizeMediaType }
    : plain(status);
}
