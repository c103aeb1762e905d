import type { Fault } from "../problem/index.ts";
import { follow, linkOf, type Published, type Succession } from "../published/index.ts";
import { ok, type Result } from "../result/index.ts";
import type { RegistryDocument } from "./document.ts";
import { anchorOf, openRegistry, type Registry, type RegistryAnchor, registryType } from "./signed.ts";

/** As much of the version held as the next one is judged by. */
export type HeldRegistry = Published<Pick<RegistryDocument, "iss" | "version" | "prev" | "iat" | "keys">>;

/**
 * Whether a version may follow the one held (PR-REGISTRY §3): the chain has no gap and no fork, and never goes back.
 * A key is believed because the version held lists it, so that a member that was away follows every change of keys.
 * @param held nothing at enrolment: then the pinned keys alone decide
 */
export function succeed(
  held: HeldRegistry | undefined,
  text: string,
  pinned: RegistryAnchor,
  now: number,
): Result<Succession<Registry>, Fault> {
  if (held?.text === text) return ok({ kind: "unchanged" });
  const anchor = held === undefined ? pinned : anchorOf(held.document);
  const opened = openRegistry(text, anchor, now);
  if (!opened.ok) {
    const missing = held && behind(held, text, opened.error);
    return missing === undefined ? opened : ok(missing);
  }
  if (held === undefined) return ok({ kind: "next", next: opened.value });
  return follow("registry", held, opened.value);
}

/**
 * A version signed by a key that the one held does not know is no reason for alarm when it is several versions on:
 * a key may have been replaced in between. It proves nothing by itself; only the versions in between can.
 */
function behind(held: HeldRegistry, text: string, { code }: Fault): Succession<Registry> | undefined {
  if (code !== "registry.key-unknown") return undefined;
  const claimed = linkOf(text, registryType)?.version;
  const { version } = held.document;
  return claimed !== undefined && claimed > version + 1
    ? { kind: "behind", missing: { from: version + 1, to: claimed } }
    : undefined;
}
