import { logOrigin, logVerifiers, openCheckpoint, readCheckpoint } from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { DatedKey } from "@xinqiao/protocol/keys";
import { leafHash, verifyConsistency, verifyInclusion } from "@xinqiao/protocol/log";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { readProof, type WitnessBook } from "../witness/index.ts";

export interface LogViewDependencies {
  readonly city: NodeId;
  /** What the city's registry lists for its log. */
  readonly logKeys: () => readonly DatedKey[];
  readonly witness: Pick<WitnessBook, "held" | "move">;
  /** Whether the city asks this member for cosignatures: what it holds then moves on with each. */
  readonly cosigns: boolean;
  readonly get: GetFromGateway;
}

/** A head of the log by which entries are checked. */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The city's log as this member can hold it to what it has seen. */
export interface LogView {
  readonly head: Head;
  /** The log that is served now does not go on from the checkpoint held. */
  readonly contradicts: boolean;
  /** Whether a leaf stands at a place. */
  holds(index: number, leaf: string): Promise<Result<boolean, Fault>>;
  /** Whether the log began, at a size, with a root: what a reply has named before. */
  beganWith(size: number, root: string): Promise<Result<boolean, Fault>>;
}

/**
 * Takes the newest checkpoint, when it goes on from the one that this member holds; else what it holds stays what
 * everything is checked against. Nothing when the city publishes none and this member holds none.
 */
export async function viewLog(deps: LogViewDependencies): Promise<Result<LogView | undefined, Fault>> {
  const { city, logKeys, witness, get } = deps;
  const origin = logOrigin(city);
  const note = witness.held(origin);
  const kept = note === undefined ? undefined : readCheckpoint(note);
  const held = kept?.ok ? kept.value.checkpoint : undefined;
  const reply = served(await get("/log/checkpoint/newest", {}));
  if (!reply.ok) return reply;
  const opened = openCheckpoint(reply.value.body, origin, logVerifiers(city, logKeys()));
  if (!opened.ok) return ok(held && createView(held, true, get));
  const newest = opened.value.checkpoint;
  const extended = held === undefined ? ok(true) : await extendsHead(held, newest, get);
  if (!extended.ok) return extended;
  if (extended.value && (held === undefined || !deps.cosigns)) {
    witness.move(origin, (already) => (already === note ? { judged, hold: reply.value.body } : { judged }));
  }
  return ok(createView(extended.value || held === undefined ? newest : held, !extended.value, get));
}

const judged = undefined;

function createView(head: Head, contradicts: boolean, get: GetFromGateway): LogView {
  const known = new Map<string, Promise<Result<boolean, Fault>>>();
  // One erasure is shown for many lines, one head named by many replies.
  const once = (question: string, look: () => Promise<Result<boolean, Fault>>) => {
    const answer = known.get(question) ?? look();
    known.set(question, answer);
    return answer;
  };
  return {
    head,
    contradicts,
    holds: (index, leaf) => once(`leaf ${index} ${leaf}`, () => includes(head, index, leaf, get)),
    beganWith: (size, root) =>
      once(`head ${size} ${root}`, () => extendsHead({ size, root: Buffer.from(root, "base64") }, head, get)),
  };
}

async function includes(
  head: Head,
  index: number,
  leaf: string,
  get: GetFromGateway,
): Promise<Result<boolean, Fault>> {
  if (index >= head.size) return ok(false);
  const proof = await proofIn(await get(`/log/proof?index=${index}&size=${head.size}`, {}));
  if (!proof.ok) return proof;
  const hash = leafHash(Buffer.from(leaf));
  return ok(verifyInclusion({ ...head, index, leafHash: hash, proof: proof.value }));
}

async function extendsHead(old: Head, next: Head, get: GetFromGateway): Promise<Result<boolean, Fault>> {
  if (old.size > next.size) return ok(false);
  const proof =
    old.size === next.size || old.size === 0
      ? ok([])
      : await proofIn(await get(`/log/consistency?old=${old.size}&size=${next.size}`, {}));
  if (!proof.ok) return proof;
  return ok(
    verifyConsistency({
      oldSize: old.size,
      newSize: next.size,
      oldRoot: old.root,
      newRoot: next.root,
      proof: proof.value,
    }),
  );
}

/** A log that has no proof to show has none that holds; one that does not answer is asked another time. */
async function proofIn(reply: Reply): Promise<Result<Buffer[], Fault>> {
  const answered = served(reply);
  if (!answered.ok) return answered;
  return ok(readProof(answered.value.body) ?? []);
}

type Reply = Awaited<ReturnType<GetFromGateway>>;

/** One that is away, or has no room, has not said that there is nothing. */
function served(reply: Reply): Reply {
  if (!reply.ok || reply.value.status === 200 || reply.value.status === 404) return reply;
  return err(fault("gateway.unreachable", `status ${reply.value.status}`));
}
