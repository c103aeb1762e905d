import { nodeOf, readCheckpoint } from "@xinqiao/protocol/checkpoint";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { PublishedLog } from "../log/index.ts";
import type { Conversation } from "./conversation.ts";
import { witnessesOf } from "./members.ts";

/**
 * Whether this log is known to be the one that its witnesses have seen. After a start nobody may have been there to ask:
 * then nothing is signed until one of those who cosigned the newest checkpoint has said that it stands there.
 */
export interface Confirmation {
  /** Asks, while it is not known. */
  confirmed(): Promise<boolean>;
}

export function createConfirmation({
  registry,
  published,
  conversation,
}: {
  readonly registry: () => RegistryDocument;
  readonly published: Pick<PublishedLog, "newest" | "witnessed">;
  readonly conversation: Pick<Conversation, "compare">;
}): Confirmation {
  let known = false;
  return {
    async confirmed() {
      if (known) return true;
      const signed = cosigners(published);
      const asked = witnessesOf(registry()).filter(({ node }) => signed.has(node));
      // Nobody has cosigned anything, or nobody who did takes part any more: there is no one to ask.
      if (asked.length === 0) {
        known = true;
        return true;
      }
      const compared = await Promise.all(asked.map((witness) => conversation.compare(witness)));
      known = compared.some((judged) => judged.ok && judged.value?.kind === "agrees");
      return known;
    },
  };
}

/** Of the newest checkpoint that anybody has cosigned. */
function cosigners(published: Pick<PublishedLog, "witnessed">): ReadonlySet<string> {
  const read = readCheckpoint(published.witnessed(1)?.note ?? "");
  const names = read.ok ? read.value.note.signatures.map(({ name }) => nodeOf(name)) : [];
  return new Set(names.filter((node) => node !== undefined));
}
