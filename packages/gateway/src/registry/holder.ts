import { FaultError, fault } from "@xinqiao/protocol/problem";
import { anchorOf, type Registry, succeed } from "@xinqiao/protocol/registry";
import type { RegistryFolder } from "./folder.ts";

/** The version a running gateway decides by, and those before it. */
export interface RegistryHolder {
  current(): Registry;
  text(version: number): Promise<string | undefined>;
  /** Takes what was published since, version by version. Throws when it does not follow; the old one stays. */
  reload(): Promise<void>;
}

export interface RegistryHolderOptions {
  readonly now: () => number;
  /** Called for each version before it is decided by. When it throws the version is not taken. */
  readonly onTaken: (registry: Registry) => Promise<void>;
}

export async function createRegistryHolder(
  folder: RegistryFolder,
  { now, onTaken }: RegistryHolderOptions,
): Promise<RegistryHolder> {
  let held = await folder.newest();
  await onTaken(held);

  async function take(version: number): Promise<void> {
    const text = await folder.text(version);
    if (text === undefined) throw new FaultError(fault("registry.forked", undefined, { version }));
    const succession = succeed(held, text, anchorOf(held.document), now());
    if (!succession.ok) throw new FaultError(succession.error);
    if (succession.value.kind !== "next") return;
    await onTaken(succession.value.registry);
    held = succession.value.registry;
  }

  async function takeAll(): Promise<void> {
    const newest = await folder.newest();
    for (let version = held.document.version + 1; version <= newest.document.version; version += 1) {
      await take(version);
    }
  }

  let reloading: Promise<void> | undefined;
  return {
    current: () => held,
    text: folder.text,
    reload() {
      // One at a time: two would take, and log, the same version twice.
      reloading ??= takeAll().finally(() => {
        reloading = undefined;
      });
      return reloading;
    },
  };
}
