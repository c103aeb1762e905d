import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { anchorOf, openRegistry, type Registry, type RegistryAnchor } from "./signed.ts";

/** What a version that was just opened means beside the one held. */
export type Succession =
  | { readonly kind: "unchanged" }
  /** Takes the place of the one held. */
  | { readonly kind: "next"; readonly registry: Registry }
  /** Versions in between are missing: they are opened first, because keys may have changed hands in them. */
  | { readonly kind: "behind"; readonly missing: { readonly from: number; readonly to: number } };

/**
 * Whether a version may follow the one held (PR-REGISTRY §3): the chain has no gap and no fork, and never goes back.
 * A key is believed because the version held lists it, so that a member that was away follows every change of keys.
 * @param held nothing at enrolment: then the pinned keys alone decide
 */
export function succeed(
  held: Registry | undefined,
  text: string,
  pinned: RegistryAnchor,
  now: number,
): Result<Succession, Fault> {
  if (held?.text === text) return ok({ kind: "unchanged" });
  const anchor = held === undefined ? pinned : anchorOf(held.document);
  const opened = openRegistry(text, anchor, now);
  if (!opened.ok) {
    const missing = held && behind(held, text, opened.error);
    return missing === undefined ? opened : ok(missing);
  }
  if (held === undefined) return ok({ kind: "next", registry: opened.value });
  return follow(held, opened.value);
}

function follow(held: Registry, next: Registry): Result<Succession, Fault> {
  const [from, to] = [held.document.version, next.document.version];
  if (to < from) return err(fault("registry.rolled-back", undefined, { held: from, offered: to }));
  if (to === from) return err(fault("registry.forked", undefined, { version: to }));
  if (to > from + 1) return ok({ kind: "behind", missing: { from: from + 1, to } });
  return next.document.prev === held.hash && next.document.iat >= held.document.iat
    ? ok({ kind: "next", registry: next })
    : err(fault("registry.forked", undefined, { version: to }));
}

/**
 * A version signed by a key that the one held does not know is no reason for alarm when it is several versions on:
 * a key may have been replaced in between. It proves nothing by itself; only the versions in between can.
 */
function behind(held: Registry, text: string, { code }: Fault): Succession | undefined {
  if (code !== "registry.key-unknown") return undefined;
  const claimed = claimedVersion(text);
  const { version } = held.document;
  return claimed !== undefined && claimed > version + 1
    ? { kind: "behind", missing: { from: version + 1, to: claimed } }
    : undefined;
}

/** What a text says of itself, unverified: good for asking for what comes before it. */
function claimedVersion(text: string): number | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"));
    const version: unknown =
      typeof payload === "object" && payload !== null ? Reflect.get(payload, "version") : undefined;
    return Number.isSafeInteger(version) ? Number(version) : undefined;
  } catch {
    return undefined;
  }
}
