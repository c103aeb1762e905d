import { FaultError, fault } from "@xinqiao/protocol/problem";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { Conversation } from "./conversation.ts";
import { witnessesOf } from "./members.ts";

/**
 * Asks every witness what it holds before anything is appended: a log that was put back to an older state must not go
 * on from there, or there would be two. One that is away holds nothing up: it is asked again when it is shown the next
 * checkpoint. Throws `log.rolled-back` or `log.forked`.
 */
export async function compareBeforeServing(
  registry: RegistryDocument,
  conversation: Pick<Conversation, "compare">,
): Promise<void> {
  const compared = await Promise.all(
    witnessesOf(registry).map(async (witness) => ({ witness, judged: await conversation.compare(witness) })),
  );
  for (const { witness, judged } of compared) {
    if (!judged.ok || judged.value === undefined || !("root" in judged.value)) continue;
    const { kind, size } = judged.value;
    const code = kind === "ahead" ? "log.rolled-back" : "log.forked";
    throw new FaultError(fault(code, `${witness.node} has cosigned ${size} entries`, { size }));
  }
}
