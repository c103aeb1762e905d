import {
  logOrigin,
  logVerifiers,
  openCheckpoint,
  readCheckpoint,
  type SignedCheckpoint,
} from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { DatedKey } from "@xinqiao/protocol/keys";
import { verifyConsistency } from "@xinqiao/protocol/log";
import type { NoteVerifier } from "@xinqiao/protocol/note";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { z } from "zod";

/** The city's log, and the keys that its registry lists for it: retired ones too, for what they signed. */
export interface WatchedLog {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
}

export function watchedLog(city: NodeId, keys: readonly DatedKey[]): WatchedLog {
  return { origin: logOrigin(city), verifiers: logVerifiers(city, keys) };
}

/** This member verified it before it kept it, and nobody else writes where it lies: what cannot be read is damage. */
export function reopen(note: string): SignedCheckpoint {
  const read = readCheckpoint(note);
  if (!read.ok) throw new Error(`the checkpoint that was kept cannot be read: ${read.error.reason}`);
  return read.value;
}

/** What the log says when it is asked whether it goes on from what a member holds. */
export type Confirmation =
  | { readonly kind: "extends" }
  /** Signed by the log, and not shown to follow from what is held. */
  | { readonly kind: "not-extended"; readonly newest: string }
  /** No answer, or none that the log has signed. */
  | { readonly kind: "silent" };

const consistencySchema = z.object({ proof: z.array(z.base64()) });

/** Asks the log itself: an old checkpoint, or a newer one with another's proof, may have been sent by anybody. */
export async function confirm(
  held: SignedCheckpoint,
  { origin, verifiers }: WatchedLog,
  get: GetFromGateway,
): Promise<Confirmation> {
  const reply = await get("/log/checkpoint", {});
  const opened = reply.ok ? openCheckpoint(reply.value.body, origin, verifiers) : reply;
  if (!reply.ok || !opened.ok) return { kind: "silent" };
  const { checkpoint: next } = opened.value;
  const { checkpoint: old } = held;
  const notExtended = { kind: "not-extended", newest: reply.value.body } as const;
  if (next.size < old.size) return notExtended;
  const proof = old.size === next.size ? [] : await proofOf(old.size, next.size, get);
  if (proof === undefined) return notExtended;
  const consistent = verifyConsistency({
    oldSize: old.size,
    newSize: next.size,
    oldRoot: old.root,
    newRoot: next.root,
    proof,
  });
  return consistent ? { kind: "extends" } : notExtended;
}

async function proofOf(old: number, size: number, get: GetFromGateway): Promise<Buffer[] | undefined> {
  const reply = await get(`/log/consistency?old=${old}&size=${size}`, {});
  if (!reply.ok || reply.value.status !== 200) return undefined;
  const parsed = consistencySchema.safeParse(jsonOf(reply.value.body)).data;
  return parsed?.proof.map((hash) => Buffer.from(hash, "base64"));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
