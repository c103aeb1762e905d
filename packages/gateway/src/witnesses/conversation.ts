import { type Cosignature, type SignedCheckpoint, witnessOf } from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { consistencyProof } from "@xinqiao/protocol/log";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { cosignatureIn, formatAddCheckpoint, parseHeldSize } from "@xinqiao/protocol/witness";
import type { PublishedLog } from "../log/index.ts";
import { type HeldJudgement, judgeHeld } from "./held.ts";
import type { WitnessMember } from "./members.ts";
import { nodeReader, ownLog } from "./own-log.ts";
import type { WitnessAlarm, WitnessLine } from "./port.ts";

export interface ConversationDependencies {
  readonly registry: () => RegistryDocument;
  readonly log: { head(): { readonly size: number } };
  readonly published: PublishedLog;
  readonly line: WitnessLine;
  readonly onAlarm: (alarm: WitnessAlarm) => Promise<void>;
}

/** What is said between this log and its witnesses. */
export interface Conversation {
  /** Shows a witness that the checkpoint extends what it holds. @returns what it signed, verified */
  show(witness: WitnessMember, checkpoint: SignedCheckpoint): Promise<Result<Cosignature, Fault>>;
  /** Asks what it holds of this log, and raises an alarm when this log never had it. */
  compare(witness: WitnessMember): Promise<Result<HeldJudgement | undefined, Fault>>;
}

/** A witness says where it stands once; one that then stands elsewhere is not asked a third time. */
const attempts = 2;

export function createConversation(deps: ConversationDependencies): Conversation {
  const { registry, log, published, line } = deps;
  /** Entries of the checkpoint that each witness holds, as it has said last. */
  const held = new Map<NodeId, number>();
  const alarmed = new Set<string>();

  const proofFrom = (old: number, size: number) =>
    old === 0 || old === size ? [] : consistencyProof(nodeReader(published), old, size);

  function take(node: NodeId, offered: SignedCheckpoint, body: string): Result<Cosignature, Fault> {
    const keys = registry().members.find((member) => member.node === node)?.keys ?? [];
    const cosigned = cosignatureIn(
      offered,
      body,
      keys.map((key) => witnessOf(node, key)),
    );
    if (!cosigned.ok) return err(fault("witness.reply-invalid", cosigned.error.reason));
    held.set(node, offered.checkpoint.size);
    return cosigned;
  }

  async function compare({ node, endpoint }: WitnessMember) {
    const note = await line.held(endpoint);
    if (!note.ok) return note;
    if (note.value === undefined) {
      held.set(node, 0);
      return ok(undefined);
    }
    const { size } = log.head();
    const judged = judgeHeld(note.value, ownLog(registry()), { size, rootAt: published.rootAt });
    if (judged.kind === "agrees") held.set(node, judged.size);
    else if (judged.kind !== "unproven") await alarm(node, note.value, judged);
    return ok(judged);
  }

  /** Each once: the same two checkpoints are no second alarm. */
  async function alarm(
    witness: NodeId,
    note: string,
    { kind: finding, size: heldSize, root: heldRoot }: Extract<HeldJudgement, { root: string }>,
  ): Promise<void> {
    const name = `${witness} ${heldSize} ${heldRoot}`;
    if (alarmed.has(name)) return;
    alarmed.add(name);
    const ours = published.newest()?.note ?? "";
    await deps.onAlarm({ witness, finding, held: note, ours, heldSize, heldRoot });
  }

  return {
    async show(witness, offered) {
      const { size } = offered.checkpoint;
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const oldSize = held.get(witness.node) ?? 0;
        if (oldSize > size) break;
        const body = formatAddCheckpoint({ oldSize, proof: proofFrom(oldSize, size), offered });
        const reply = await line.addCheckpoint(witness.endpoint, body);
        if (!reply.ok) return reply;
        if (reply.value.status === 200) return take(witness.node, offered, reply.value.body);
        const said = reply.value.status === 409 ? parseHeldSize(reply.value.body) : undefined;
        if (said === undefined) break;
        held.set(witness.node, said);
      }
      // It does not go on from where this log is: is it mistaken, or was this log another one?
      const compared = await compare(witness);
      if (!compared.ok) return compared;
      const disagrees = compared.value?.kind === "ahead" ? "log.rolled-back" : "log.forked";
      return err(fault(compared.value && "root" in compared.value ? disagrees : "witness.reply-invalid"));
    },
    compare,
  };
}
