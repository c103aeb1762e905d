import {
  type Cosignature,
  judgeQuorum,
  readCheckpoint,
  type SignedCheckpoint,
} from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { formatNote, maxSignatures } from "@xinqiao/protocol/note";
import { type Code, type Fault, FaultError, fault } from "@xinqiao/protocol/problem";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { Result } from "@xinqiao/protocol/result";
import { single } from "@xinqiao/runtime/single";
import type { CheckpointKeeper, KeptCheckpoint, PublishedLog } from "../log/index.ts";
import type { Conversation } from "./conversation.ts";
import { type WitnessMember, witnessesOf } from "./members.ts";
import { ownLog, withoutCosignatures } from "./own-log.ts";

export interface CollectDependencies {
  readonly registry: () => RegistryDocument;
  readonly keeper: CheckpointKeeper;
  readonly published: Pick<PublishedLog, "newest">;
  readonly conversation: Pick<Conversation, "show">;
  /** Organisations, other than the city, that must have seen a checkpoint. */
  readonly quorum: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whoever has cosigned what is still the newest is asked again after so long: its silence would be news. */
const againAfterMs = 45_000;

/** A checkpoint that somebody has cosigned, and when (seconds since 1970). */
export interface Cosigned {
  readonly size: number;
  readonly time: number;
}

/** What a witness has signed of the checkpoint shown last, and when it came. */
interface Gathered {
  readonly at: number;
  readonly cosignature: Cosignature;
}

/** One witness, as far as this gateway knows. */
export interface WitnessState {
  readonly node: NodeId;
  readonly cosigned?: Cosigned;
  /** Why the last round brought nothing. */
  readonly code?: Code;
}

export interface WitnessReport {
  readonly witnesses: readonly WitnessState[];
  /** How many organisations are needed. */
  readonly quorum: number;
  /** Entries of the newest checkpoint that the log has signed. */
  readonly signed: number;
  /** The newest checkpoint that so many have cosigned, who they are, and when the last that was needed did. */
  readonly newest?: Cosigned & { readonly members: readonly NodeId[] };
}

export interface WitnessCollector {
  /** Has every witness see the newest checkpoint, and keeps what they sign. */
  round(): Promise<void>;
  report(): WitnessReport;
}

export function createWitnessCollector(deps: CollectDependencies): WitnessCollector {
  const { registry, keeper, published, conversation, quorum, now } = deps;
  const states = new Map<NodeId, WitnessState>();
  /** Of the checkpoint shown last: a witness that is away now has still signed it. */
  let gathered = { size: -1, by: new Map<NodeId, Gathered>() };
  let newest: WitnessReport["newest"];

  function note(node: NodeId, size: number, shown: Result<Cosignature, Fault>): void {
    const { cosigned } = states.get(node) ?? {};
    if (shown.ok) states.set(node, { node, cosigned: { size, time: shown.value.time } });
    else states.set(node, { node, ...(cosigned && { cosigned }), code: shown.error.code });
  }

  /** Each witness for itself: whoever is slow or lies holds nobody else's line back. */
  async function showTo(
    witness: WitnessMember,
    offered: SignedCheckpoint,
    kept: KeptCheckpoint,
  ): Promise<boolean> {
    const { node } = witness;
    const { by } = gathered;
    if (now() - (by.get(node)?.at ?? Number.NEGATIVE_INFINITY) < againAfterMs) return false;
    const shown = await conversation.show(witness, offered);
    note(node, kept.size, shown);
    if (!shown.ok) return false;
    by.set(node, { at: now(), cosignature: shown.value });
    // As soon as enough have: whoever reads the log need not wait for the slowest.
    if (by.size === quorum) await keep(kept, offered, by);
    return true;
  }

  /** Each line was verified when it came. */
  async function keep(
    kept: KeptCheckpoint,
    { note: signed }: SignedCheckpoint,
    by: ReadonlyMap<NodeId, Gathered>,
  ): Promise<void> {
    const room = maxSignatures - signed.signatures.length;
    const cosignatures = [...by.values()].map(({ cosignature }) => cosignature).slice(0, room);
    const lines = cosignatures.map(({ signature }) => signature);
    const judged = judgeQuorum(registry().iss, cosignatures, { quorum });
    const written = await keeper.keepCheckpoint({
      ...kept,
      note: formatNote({ ...signed, signatures: [...signed.signatures, ...lines] }),
      cosigners: judged.members.length,
    });
    if (!written.ok) throw new FaultError(fault(written.error.code));
    if (judged.reached) {
      newest = { size: kept.size, time: quorumTime(cosignatures, quorum), members: judged.members };
    }
  }

  async function round(): Promise<void> {
    const kept = published.newest();
    const read = kept && readCheckpoint(kept.note);
    if (kept === undefined || !read?.ok) return;
    // Whoever cosigned it before is asked again: that it still stands there is news.
    const offered = withoutCosignatures(read.value, ownLog(registry()));
    if (gathered.size !== kept.size) gathered = { size: kept.size, by: new Map() };
    const { by } = gathered;
    const signed = await Promise.all(
      witnessesOf(registry()).map((witness) => showTo(witness, offered, kept)),
    );
    if (signed.includes(true)) await keep(kept, offered, by);
  }

  return {
    // What a slow witness signs belongs to the checkpoint that it was shown.
    round: single(round),
    report: () => ({
      witnesses: witnessesOf(registry()).map(({ node }) => states.get(node) ?? { node }),
      quorum,
      signed: published.newest()?.size ?? 0,
      ...(newest && { newest }),
    }),
  };
}

/** When the last that was needed did: the time from which so many had seen it. */
function quorumTime(cosignatures: readonly Cosignature[], quorum: number): number {
  const sorted = cosignatures.map(({ time }) => time).sort((one, other) => one - other);
  return sorted[Math.max(0, quorum - 1)] ?? 0;
}
