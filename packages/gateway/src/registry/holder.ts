import { type Code, FaultError, fault } from "@xinqiao/protocol/problem";
import { anchorOf, type Registry, reopenRegistry, succeed } from "@xinqiao/protocol/registry";
import type { RegistryFolder } from "./folder.ts";

/** The version a running gateway decides by, and those before it. */
export interface RegistryHolder {
  current(): Registry;
  text(version: number): Promise<string | undefined>;
  /** Takes what was published since, version by version. Throws when it does not follow; the old one stays. */
  reload(): Promise<void>;
}

/** A version as the log says that it was taken. */
export interface TakenVersion {
  readonly version: number;
  readonly hash: string;
}

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
  const fail = (code: Code, version: number) => new FaultError(fault(code, undefined, { version }));

  async function textOf(version: number): Promise<string> {
    const text = await folder.text(version);
    if (text === undefined) throw fail("registry.rolled-back", version);
    return text;
  }

  async function open({
    version,
    hash,
  }: Pick<TakenVersion, "version"> & Partial<TakenVersion>): Promise<Registry> {
    const registry = reopenRegistry(await textOf(version), now());
    if (!registry.ok) throw new FaultError(registry.error);
    if (registry.value.document.iss !== city) throw fail("registry.of-another-city", version);
    if (hash !== undefined && registry.value.hash !== hash) throw fail("registry.forked", version);
    return registry.value;
  }

  let held = await open(last ?? { version: 1 });
  if (last === undefined) await onTaken(held, undefined);

  async function take(version: number): Promise<void> {
    const succession = succeed(held, await textOf(version), anchorOf(held.document), now());
    if (!succession.ok) throw new FaultError(succession.error);
    if (succession.value.kind !== "next") throw fail("registry.forked", version);
    await onTaken(succession.value.registry, held);
    held = succession.value.registry;
  }

  async function takeAll(): Promise<void> {
    const newest = await folder.newestNumber();
    for (let version = held.document.version + 1; version <= newest; version += 1) await take(version);
  }

  await takeAll();
  let reloading: Promise<void> = Promise.resolve();
  return {
    current: () => held,
    text: folder.text,
    reload() {
      // One at a time, and each looks after it was asked for: two at once would take, and log, a version twice.
      reloading = reloading.catch(() => {}).then(takeAll);
      return reloading;
    },
  };
}
