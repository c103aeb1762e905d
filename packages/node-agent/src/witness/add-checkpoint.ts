import { cosign, type SignedCheckpoint, witnessName } from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type DatedKey, type Signer, thumbprint } from "@xinqiao/protocol/keys";
import { formatSignature, type NoteKey, noteKey } from "@xinqiao/protocol/note";
import type { Directory } from "@xinqiao/protocol/registry";
import {
  type Evidence,
  formatHeldSize,
  heldSizeMediaType,
  judgeCheckpoint,
  malformedStatus,
  parseAddCheckpoint,
  statusOf,
  type WatchedLog,
  type WitnessJudgement,
} from "@xinqiao/protocol/witness";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { inquire } from "./inquiry.ts";
import type { KeptEvidence, Move, WitnessBook } from "./port.ts";
import { asSigned, reopen, watchedLog } from "./watched-log.ts";

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

/** This member, as a witness of its city's log. */
export interface Witness {
  /** Answers `add-checkpoint`: what it is about to cosign is kept first, and only then said. */
  addCheckpoint(body: Uint8Array): Promise<WitnessAnswer>;
}

/** The same checkpoint is cosigned anew after so long: whoever sends it again and again costs no signature. */
const sameLineMs = 15_000;
/** The log is asked about a suspicion no more often, whatever is sent. */
const inquiryEveryMs = 5_000;

const plain = (status: number, body = ""): WitnessAnswer => ({
  status,
  body,
  contentType: "text/plain; charset=utf-8",
});

export function createWitness(deps: WitnessDependencies): Witness {
  const { book, now } = deps;
  let last:
    | { readonly text: string; readonly keyId: string; readonly at: number; readonly line: string }
    | undefined;
  let inquiredAt = Number.NEGATIVE_INFINITY;

  async function cosigned(
    { note, checkpoint }: SignedCheckpoint,
    key: NoteKey<"cosignature">,
  ): Promise<WitnessAnswer> {
    const { keyId } = deps.signer;
    const at = now();
    if (last?.text !== note.text || last.keyId !== keyId || at - last.at >= sameLineMs || at < last.at) {
      const signature = await cosign(note.text, key, deps.signer, Math.floor(at / 1000));
      last = { text: note.text, keyId, at, line: formatSignature(signature) };
      deps.onCosigned(checkpoint.size);
    }
    return plain(200, last.line);
  }

  /** Each is kept once. One there is no room for is told all the same. */
  function raise(kind: KeptEvidence["kind"], { held, offered }: Evidence, log: WatchedLog): void {
    const evidence = { kind, at: now(), held: asSigned(held, log), offered: asSigned(offered, log) };
    if (book.keep(evidence) !== "known") deps.onAlarm(evidence);
  }

  /** Two pasts of one size prove themselves; over anything else the log itself is asked. */
  async function suspect(judged: WitnessJudgement, log: WatchedLog): Promise<void> {
    if (!("evidence" in judged) || judged.evidence === undefined) return;
    const { held, offered } = judged.evidence;
    if (judged.kind === "fork") return raise("forked", judged.evidence, log);
    if (now() - inquiredAt < inquiryEveryMs && now() >= inquiredAt) return;
    inquiredAt = now();
    const inquiry = await inquire(held, offered, log, deps.get);
    if (inquiry.kind === "forked") raise("forked", { held, offered }, log);
    if (inquiry.kind === "not-extended") raise("not-extended", { held, offered: inquiry.newest }, log);
  }

  return {
    async addCheckpoint(body) {
      const request = parseAddCheckpoint(body);
      if (request === undefined) return plain(malformedStatus);
      const key = ownKey(deps);
      // One that the registry does not list (yet) convinces nobody.
      if (key === undefined) return plain(503);
      const log = watchedLog(deps.city, deps.logKeys());
      const judged = book.move(log.origin, (note): Move<WitnessJudgement> => {
        const held = note === undefined ? undefined : reopen(note);
        const judgement = judgeCheckpoint(held, request, log);
        const moves = judgement.kind === "cosign" && judgement.offered.note.text !== held?.note.text;
        return { judged: judgement, ...(moves && { hold: asSigned(judgement.offered, log) }) };
      });
      if (judged.kind === "cosign") return cosigned(judged.offered, key);
      await suspect(judged, log);
      return refusal(judged);
    },
  };
}

function ownKey({ self, directory, signer: { keyId } }: WitnessDependencies) {
  const keys = directory().member(self)?.keys ?? [];
  const listed = keys.find(({ jwk }) => thumbprint(jwk) === keyId);
  return listed && noteKey("cosignature", witnessName(self), listed.jwk);
}

function refusal(judged: Exclude<WitnessJudgement, { kind: "cosign" }>): WitnessAnswer {
  const status = statusOf(judged);
  return "heldSize" in judged
    ? { status, body: formatHeldSize(judged.heldSize), contentType: heldSizeMediaType }
    : plain(status);
}
