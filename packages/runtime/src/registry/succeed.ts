import type { Fault } from "@xinqiao/protocol/problem";
import type { Succession } from "@xinqiao/protocol/published";
import { type Registry, type RegistryAnchor, succeed as succeedHere } from "@xinqiao/protocol/registry";
import { ok, type Result } from "@xinqiao/protocol/result";
import { openBeside } from "./open-beside.ts";

/** Some 150 members: checking them takes about as long as starting a thread for it. */
const longestHere = 65_536;

/**
 * Whether a version may follow the one held, judged without holding up what else this process does: what is long is
 * opened in a thread of its own.
 */
export async function succeed(
  held: Registry | undefined,
  text: string,
  pinned: RegistryAnchor,
  now: number,
): Promise<Result<Succession<Registry>, Fault>> {
  if (held?.text === text) return ok({ kind: "unchanged" });
  return text.length > longestHere
    ? openBeside(held, text, pinned, now)
    : succeedHere(held, text, pinned, now);
}
