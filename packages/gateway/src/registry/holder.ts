import { anchorOf, type Registry, registryType, reopenRegistry } from "@xinqiao/protocol/registry";
import { succeed } from "@xinqiao/runtime/registry";
import { createHolder, type Holder, reopenTaken, type TakenVersion } from "../published/index.ts";
import type { RegistryFolder } from "./folder.ts";

/** The version of the registry that a running gateway decides by, and those before it. */
export type RegistryHolder = Holder<Registry>;

export interface RegistryHolderOptions {
  /** The city's own node id. */
  readonly city: string;
  /** The newest version that the log says was taken; nothing in a new log. */
  readonly last: TakenVersion | undefined;
  readonly now: () => number;
  /** Called for each version before it is decided by, with the one before it. When it throws the version is not taken. */
  readonly onTaken: (registry: Registry, before: Registry | undefined) => Promise<void>;
}

/** Goes on from the version the log names: a folder that lost it, or holds another in its place, is refused. */
export async function createRegistryHolder(
  folder: RegistryFolder,
  { city, last, now, onTaken }: RegistryHolderOptions,
): Promise<RegistryHolder> {
  const name = "registry";
  const reopen = (text: string) => reopenRegistry(text, now());
  const first = await reopenTaken(folder, { name, city, reopen }, last ?? { version: 1 });
  if (last === undefined) await onTaken(first, undefined);
  return createHolder(folder, {
    kind: {
      name,
      type: registryType,
      succeed: (held, text) => succeed(held, text, anchorOf((held ?? first).document), now()),
    },
    held: first,
    onTaken,
  });
}
