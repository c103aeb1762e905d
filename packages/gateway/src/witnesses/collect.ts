import {
  type Cosignature,
  judgeQuorum,
  readCheckpoint,
  type SignedCheckpoint,
  verifyCosignatures,
  witnessOf,
} from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { formatNote, type NoteSignature } from "@xinqiao/protocol/note";
import { type Code, FaultError, fault } from "@xinqiao/protocol/problem";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { CheckpointKeeper, KeptCheckpoint, PublishedLog } from "../log/index.ts";
import type { Conversation } from "./conversation.ts";
import { witnessesOf } from "./members.ts";
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
  readonly lines: readonly NoteSignature[];
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
  /** Lines of the checkpoint shown last: a witness that is away now has still signed it. */
  let gathered = { size: -1, by: new Map<NodeId, Gathered>() };
  let newest: WitnessReport["newest"];

  /** @returns whether anybody has signed anew */
  async function showAll(offered: SignedCheckpoint): Promise<boolean> {
    const { size } = offered.checkpoint;
    if (gathered.size !== size) gathered = { size, by: new Map() };
    const { by } = gathered;
    const signed = await Promise.all(
      witnessesOf(registry()).map(async (witness) => {
        const { node } = witness;
        if (now() - (by.get(node)?.at ?? Number.NEGATIVE_INFINITY) < againAfterMs) return false;
        const shown = await conversation.show(witness, offered);
        if (shown.ok) by.set(node, { at: now(), lines: shown.value });
        const { cosigned } = states.get(node) ?? {};
        const code = shown.ok ? {} : { code: shown.error.code };
        states.set(node, { node, ...(cosigned && { cosigned }), ...code });
        return shown.ok;
      }),
    );
    return signed.includes(true);
  }

  async function keep(kept: KeptCheckpoint, { note }: SignedCheckpoint): Promise<void> {
    const whole = {
      ...note,
      signatures: [...note.signatures, ...[...gathered.by.values()].flatMap(({ lines }) => lines)],
    };
    const { iss, members } = registry();
    const cosigned = verifyCosignatures(
      whole,
      members.flatMap(({ node, keys }) => keys.map((key) => witnessOf(node, key))),
    );
    if (!cosigned.ok) throw new FaultError(fault("witness.reply-invalid", cosigned.error.reason));
    const judged = judgeQuorum(iss, cosigned.value, { quorum });
    const written = await keeper.keepCheckpoint({
      ...kept,
      note: formatNote(whole),
      cosigners: judged.members.length,
    });
    if (!written.ok) throw new FaultError(fault(written.error.code));
    for (const { member, time } of cosigned.value) {
      states.set(member, { ...states.get(member), node: member, cosigned: { size: kept.size, time } });
    }
    if (judged.reached) {
      newest = { size: kept.size, time: quorumTime(cosigned.value, quorum), members: judged.members };
    }
  }

  async function round(): Promise<void> {
    const kept = published.newest();
    const read = kept && readCheckpoint(kept.note);
    if (kept === undefined || !read?.ok) return;
    // Whoever cosigned it before is asked again: that it still stands there is news.
    const offered = withoutCosignatures(read.value, ownLog(registry()));
    if (await showAll(offered)) await keep(kept, offered);
  }

  let going: Promise<void> | undefined;
  return {
    round() {
      // One at a time: what a slow witness signs belongs to the checkpoint that it was shown.
      going ??= round().finally(() => {
        going = undefined;
      });
      return going;
    },
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
  const times = new Map<NodeId, number>();
  for (const { member, time } of cosignatures) times.set(member, Math.min(time, times.get(member) ?? time));
  const sorted = [...times.values()].sort((one, other) => one - other);
  return sorted[Math.max(0, quorum - 1)] ?? 0;
}
