import { type Registry, type RegistryDocument, registryDocumentSchema } from "@xinqiao/protocol/registry";

/** How long a version is good, in days: until its end, and flagged after it. */
export interface RegistryTerm {
  readonly lifetimeDays: number;
  readonly graceDays: number;
}

const daySeconds = 86_400;

/** What stands in a version but the times and the links of the chain. */
export type RegistryContent = Pick<
  RegistryDocument,
  "iss" | "keys" | "log" | "members" | "suites" | "peers" | "agreements"
>;

/** The version after the one held, or the first. @param now milliseconds since 1970 */
export function nextVersion(
  held: Registry | undefined,
  content: RegistryContent,
  { lifetimeDays, graceDays }: RegistryTerm,
  now: number,
): RegistryDocument {
  const iat = Math.floor(now / 1000);
  return registryDocumentSchema.parse({
    ...content,
    version: (held?.document.version ?? 0) + 1,
    prev: held?.hash ?? null,
    iat,
    exp: iat + lifetimeDays * daySeconds,
    grace: graceDays * daySeconds,
  });
}
