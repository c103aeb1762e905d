import { type PublicJwk, type SuiteName, suiteOf, thumbprint } from "../keys/index.ts";
import type { RegistryDocument } from "./document.ts";
import type { MemberKey } from "./member.ts";

/** What a federation signs with that does not say: so every version from before the claim stays what it was. */
const defaultSuites: readonly SuiteName[] = ["ed25519", "es256"];

/** The suites a version lets its members, its registry and its log sign with. */
export function suitesOf({ suites }: Pick<RegistryDocument, "suites">): readonly SuiteName[] {
  return suites ?? defaultSuites;
}

/**
 * Keys of a suite the version does not list. A key whose window was over when the version was signed is left out of
 * it: it signs nothing any more, and is kept for old evidence.
 */
export function suiteFaults(document: RegistryDocument): readonly string[] {
  const { iat, keys, log = [], members } = document;
  const suites = suitesOf(document);
  const over = ({ notAfter }: MemberKey) => notAfter !== undefined && Date.parse(notAfter) <= iat * 1000;
  const unlisted = ({ jwk }: MemberKey) => !suites.includes(suiteOf(jwk).name);
  const describe = (owner: string, jwk: PublicJwk) =>
    `${owner}: key ${thumbprint(jwk)} is of the suite ${suiteOf(jwk).name}, which is not listed`;
  const owned = [
    ...keys.map((key) => ({ owner: "registry", key })),
    ...log.map((key) => ({ owner: "log", key })),
    ...members.flatMap((member) => member.keys.map((key) => ({ owner: member.node, key }))),
  ];
  return owned
    .filter(({ key }) => unlisted(key) && !over(key))
    .map(({ owner, key }) => describe(owner, key.jwk));
}
