import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { PublishedLog } from "../log/index.ts";
import { type HeldJudgement, judgeHeld } from "./held.ts";
import { witnessesOf } from "./members.ts";
import { ownLog } from "./own-log.ts";
import type { WitnessLine } from "./port.ts";

/** What a witness holds and a log does not. */
export type HeldElsewhere = Extract<HeldJudgement, { readonly root: string }> & { readonly node: string };

/** Asks every witness what it holds, for a log that nobody serves yet. */
export async function heldElsewhere(
  registry: RegistryDocument,
  log: Pick<PublishedLog, "rootAt"> & { readonly size: number },
  line: WitnessLine,
): Promise<{ readonly ahead: readonly HeldElsewhere[]; readonly silent: readonly string[] }> {
  const ahead: HeldElsewhere[] = [];
  const silent: string[] = [];
  await Promise.all(
    witnessesOf(registry).map(async ({ node, endpoint }) => {
      const note = await line.held(endpoint);
      if (!note.ok) silent.push(node);
      if (!note.ok || note.value === undefined) return;
      const judged = judgeHeld(note.value, ownLog(registry), log);
      if ("root" in judged) ahead.push({ node, ...judged });
    }),
  );
  return { ahead: ahead.sort((one, other) => other.size - one.size), silent: silent.sort() };
}
