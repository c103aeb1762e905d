import type { SignedCheckpoint } from "@xinqiao/protocol/checkpoint";
import { verifyConsistency } from "@xinqiao/protocol/log";
import type { WatchedLog } from "@xinqiao/protocol/witness";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { readProof } from "./read-proof.ts";
import { openServed } from "./watched-log.ts";

/** What came of asking the log itself about a checkpoint that this member did not cosign. */
export type Inquiry =
  /** The log goes on from what is held, and what was offered is one of its heads: somebody sent it out of turn. */
  | { readonly kind: "sound" }
  /** The log signs a head that does not go on from what this member holds. */
  | { readonly kind: "not-extended"; readonly newest: SignedCheckpoint }
  /** What was offered was signed by the log, and is no head of it: it has shown somebody another past. */
  | { readonly kind: "forked" }
  /** No answer, half of one, or none that the log has signed: nothing is proved by that. */
  | { readonly kind: "silent" };

/**
 * Asks the log itself: an old checkpoint, or a newer one without its proof, may have been sent by anybody. Whatever the log
 * does not answer is silence and no proof against it.
 */
export async function inquire(
  held: SignedCheckpoint,
  offered: SignedCheckpoint,
  log: WatchedLog,
  get: GetFromGateway,
): Promise<Inquiry> {
  let newest = await newestOf(log, get);
  // Once may be a cache on the way; a log that is smaller than what it has had cosigned says so again.
  if (newest !== undefined && isSmaller(newest, held)) newest = await newestOf(log, get);
  if (newest === undefined) return { kind: "silent" };
  if (isSmaller(newest, held)) return { kind: "not-extended", newest };
  const goesOn = await follows(held, newest, get);
  if (goesOn === undefined) return { kind: "silent" };
  if (!goesOn) return { kind: "not-extended", newest };
  const belongs = await follows(offered, newest, get);
  if (belongs === undefined) return { kind: "silent" };
  return belongs ? { kind: "sound" } : { kind: "forked" };
}

const isSmaller = (one: SignedCheckpoint, other: SignedCheckpoint) =>
  one.checkpoint.size < other.checkpoint.size;

async function newestOf(log: WatchedLog, get: GetFromGateway): Promise<SignedCheckpoint | undefined> {
  const reply = await get("/log/checkpoint/newest", {});
  return reply.ok && reply.value.status === 200 ? openServed(reply.value.body, log) : undefined;
}

/** Whether one head comes before another, by the log's own proof; undefined when it gives none. */
async function follows(
  { checkpoint: old }: SignedCheckpoint,
  { checkpoint: next }: SignedCheckpoint,
  get: GetFromGateway,
): Promise<boolean | undefined> {
  if (old.size === 0) return true;
  if (old.size === next.size) return Buffer.compare(old.root, next.root) === 0;
  const [small, large] = old.size < next.size ? [old, next] : [next, old];
  const proof = await proofOf(small.size, large.size, get);
  if (proof === undefined) return undefined;
  return verifyConsistency({
    oldSize: small.size,
    newSize: large.size,
    oldRoot: small.root,
    newRoot: large.root,
    proof,
  });
}

async function proofOf(old: number, size: number, get: GetFromGateway): Promise<Buffer[] | undefined> {
  const reply = await get(`/log/consistency?old=${old}&size=${size}`, {});
  return reply.ok && reply.value.status === 200 ? readProof(reply.value.body) : undefined;
}
