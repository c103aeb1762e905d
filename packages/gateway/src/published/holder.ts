import { type Fault, FaultError, fault } from "@xinqiao/protocol/problem";
import type { Published } from "@xinqiao/protocol/published";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { advance, type FollowedKind } from "@xinqiao/runtime/published";
import type { Folder } from "./folder.ts";

/** The version a running gateway decides by, and those before it. */
export interface Holder<Version extends Published> {
  current(): Version;
  text(version: number): Promise<string | undefined>;
  /** Takes what was published since. Throws when it does not follow; the old one stays. */
  reload(): Promise<void>;
}

/** A version as the log says that it was taken. */
export interface TakenVersion {
  readonly version: number;
  readonly hash: string;
}

export interface HolderOptions<Version extends Published> {
  readonly kind: FollowedKind<Version>;
  /** What is decided by already; nothing when the newest version is to be believed by itself. */
  readonly held: Version | undefined;
  /** Called for each version before it is decided by, with the one before it. When it throws the version is not taken. */
  readonly onTaken: (version: Version, before: Version | undefined) => Promise<void>;
}

export async function createHolder<Version extends Published>(
  folder: Folder<Version>,
  { kind, held: first, onTaken }: HolderOptions<Version>,
): Promise<Holder<Version>> {
  let held = first;

  const walk = {
    kind,
    held: () => held,
    textOf: (version: number) => textOf(folder, kind, version),
    async take(version: Version) {
      await onTaken(version, held);
      held = version;
    },
  };

  async function takeAll(): Promise<void> {
    const newest = await folder.newestNumber();
    if (held !== undefined && newest <= held.document.version) return;
    const text = await walk.textOf(newest);
    const taken = text.ok ? await advance(text.value, walk) : text;
    if (!taken.ok) throw new FaultError(taken.error);
  }

  await takeAll();
  let reloading: Promise<void> = Promise.resolve();
  return {
    current() {
      if (held === undefined) throw new Error(`no ${kind.name} was taken`);
      return held;
    },
    text: folder.text,
    reload() {
      // One at a time, and each looks after it was asked for: two at once would take, and log, a version twice.
      reloading = reloading.catch(() => {}).then(takeAll);
      return reloading;
    },
  };
}

/** Of a version the log says was taken: the folder must not have lost it, nor hold another in its place. */
export async function reopenTaken<Version extends Published>(
  folder: Folder<Version>,
  { name, city, reopen }: ReopenOptions<Version>,
  { version, hash }: Pick<TakenVersion, "version"> & Partial<TakenVersion>,
): Promise<Version> {
  const text = await textOf(folder, { name }, version);
  const opened = text.ok ? reopen(text.value) : text;
  if (!opened.ok) throw new FaultError(opened.error);
  const fail = (what: "of-another-city" | "forked") =>
    new FaultError(fault(`${name}.${what}`, undefined, { version }));
  if (opened.value.document.iss !== city) throw fail("of-another-city");
  if (hash !== undefined && opened.value.hash !== hash) throw fail("forked");
  return opened.value;
}

export interface ReopenOptions<Version extends Published> extends Pick<FollowedKind<Version>, "name"> {
  /** The city's own node id. */
  readonly city: string;
  readonly reopen: (text: string) => Result<Version, Fault>;
}

async function textOf<Version extends Published>(
  folder: Folder<Version>,
  { name }: Pick<FollowedKind<Version>, "name">,
  version: number,
) {
  const text = await folder.text(version);
  return text === undefined ? err(fault(`${name}.rolled-back`, undefined, { version })) : ok(text);
}
