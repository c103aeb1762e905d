import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import type { DocumentName, Published } from "./document.ts";

/** What a version that was just opened means beside the one held. */
export type Succession<Version> =
  | { readonly kind: "unchanged" }
  /** Takes the place of the one held. */
  | { readonly kind: "next"; readonly next: Version }
  /**
   * Versions in between are missing. Without `newest` they are opened first, because keys may have changed hands in
   * them; a newest version that is believed by itself only has to be shown to descend from the one held.
   */
  | {
      readonly kind: "behind";
      readonly missing: { readonly from: number; readonly to: number };
      readonly newest?: Version;
    };

/** The version that was opened, when it means anything. */
export function versionIn<Version>(succession: Succession<Version>): Version | undefined {
  if (succession.kind === "next") return succession.next;
  return succession.kind === "behind" ? succession.newest : undefined;
}

/** The same succession, told of a version in another form. */
export function mapVersion<From, To>(
  succession: Succession<From>,
  into: (version: From) => To,
): Succession<To> {
  if (succession.kind === "unchanged") return succession;
  if (succession.kind === "next") return { kind: "next", next: into(succession.next) };
  const { kind, missing, newest } = succession;
  return newest === undefined ? { kind, missing } : { kind, missing, newest: into(newest) };
}

/** Whether a version that was opened may follow the one held: the chain has no gap and no fork, and never goes back. */
export function follow<Version extends Published>(
  name: DocumentName,
  held: Published,
  offered: Version,
): Result<Succession<Version>, Fault> {
  const [from, to] = [held.document.version, offered.document.version];
  if (to < from) return err(fault(`${name}.rolled-back`, undefined, { held: from, offered: to }));
  if (to === from) return err(fault(`${name}.forked`, undefined, { version: to }));
  if (to > from + 1) return ok({ kind: "behind", missing: { from: from + 1, to } });
  return offered.document.prev === held.hash && offered.document.iat >= held.document.iat
    ? ok({ kind: "next", next: offered })
    : err(fault(`${name}.forked`, undefined, { version: to }));
}
