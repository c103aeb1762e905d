import { type Fault, fault } from "@xinqiao/protocol/problem";
import {
  type DocumentName,
  linkOf,
  type Published,
  publishedHash,
  type Succession,
} from "@xinqiao/protocol/published";
import { err, ok, type Result } from "@xinqiao/protocol/result";

/** What is long is judged beside the event loop, what is short at once. */
type Awaitable<Value> = Value | Promise<Value>;

/** What of a kind of document is needed to follow it. */
export interface FollowedKind<Version extends Published> {
  readonly name: DocumentName;
  /** `typ` of its JWS. */
  readonly type: string;
  succeed(held: Version | undefined, text: string): Awaitable<Result<Succession<Version>, Fault>>;
}

/** One holder's place in the chain, and how it goes on from there. */
export interface Walk<Version extends Published> {
  readonly kind: FollowedKind<Version>;
  held(): Version | undefined;
  /** The text of one version, from wherever versions come. */
  textOf(version: number): Promise<Result<string, Fault>>;
  /** Decides by it from here on. When it throws the version is not taken. */
  take(version: Version): Promise<void>;
}

/** Versions followed at once: one that claims to be a million on must not keep us asking for ever. */
const mostBehind = 1_000;

/** Goes from the version held to the one offered, or says why not. */
export async function advance<Version extends Published>(
  text: string,
  walk: Walk<Version>,
): Promise<Result<void, Fault>> {
  const offered = await walk.kind.succeed(walk.held(), text);
  if (!offered.ok) return offered;
  switch (offered.value.kind) {
    case "unchanged":
      return ok(undefined);
    case "next":
      await walk.take(offered.value.next);
      return ok(undefined);
    case "behind": {
      const { missing, newest } = offered.value;
      return newest === undefined ? walkOn(missing, walk) : walkBack(newest, walk);
    }
  }
}

/** Takes each version in order: who may sign the next one stands in the one before. */
async function walkOn<Version extends Published>(
  { from, to }: { readonly from: number; readonly to: number },
  { kind, held, textOf, take }: Walk<Version>,
): Promise<Result<void, Fault>> {
  // Nothing of it is proven yet: it is no fork that anybody could show.
  if (to - from > mostBehind) return err(fault(`${kind.name}.key-unknown`, undefined, { version: to }));
  for (let version = from; version <= to; version += 1) {
    const text = await textOf(version);
    if (!text.ok) return text;
    const taken = await kind.succeed(held(), text.value);
    if (!taken.ok) return taken;
    if (taken.value.kind !== "next") return err(fault(`${kind.name}.forked`, undefined, { version }));
    await take(taken.value.next);
  }
  return ok(undefined);
}

/**
 * The newest is believed by itself; that it descends from the one held is shown by the hashes in between, whoever
 * signed those. Only the newest is decided by.
 */
async function walkBack<Version extends Published>(
  newest: Version,
  { kind, held, textOf, take }: Walk<Version>,
): Promise<Result<void, Fault>> {
  const start = held();
  let { version, prev } = newest.document;
  while (start !== undefined && version - 1 > start.document.version) {
    const text = await textOf(version - 1);
    if (!text.ok) return text;
    const link = publishedHash(text.value) === prev ? linkOf(text.value, kind.type) : undefined;
    if (link?.version !== version - 1) {
      return err(fault(`${kind.name}.forked`, undefined, { version: version - 1 }));
    }
    ({ version, prev } = link);
  }
  if (start !== undefined && prev !== start.hash) {
    return err(fault(`${kind.name}.forked`, undefined, { version }));
  }
  await take(newest);
  return ok(undefined);
}
