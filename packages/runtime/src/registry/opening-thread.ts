import { parentPort, workerData } from "node:worker_threads";
import { payloadOf, readCompact } from "@xinqiao/protocol/jws";
import type { Fault } from "@xinqiao/protocol/problem";
import { mapVersion, type Succession, versionIn } from "@xinqiao/protocol/published";
import {
  type HeldRegistry,
  type Member,
  type Registry,
  type RegistryAnchor,
  type RegistryDocument,
  registryDocumentSchema,
  registryType,
  succeed,
} from "@xinqiao/protocol/registry";
import { ok, type Result } from "@xinqiao/protocol/result";

/** What the thread is started with. */
export interface Task {
  /** In UTF-8, as all texts here. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly held: (Omit<HeldRegistry, "text"> & { readonly text: Uint8Array<ArrayBuffer> }) | undefined;
  readonly pinned: RegistryAnchor;
  readonly now: number;
}

/** A version that was opened, as it is handed over: its members follow. */
export interface Opened {
  readonly document: Omit<RegistryDocument, "members">;
  readonly hash: string;
}

/** A member of the version, or its place in the version held when nothing about it has changed. */
export type Place = Member | number;

/** Thread → node: what the version means; then, each time it is asked, the next of its members. None: that was all. */
export type Report =
  | { readonly did: "judge"; readonly judged: Result<Succession<Opened>, Fault> }
  | { readonly did: "hand-over"; readonly places: readonly Place[] };

/** Few enough to be taken over in a millisecond. */
const pieceLength = 100;

function main(port: NonNullable<typeof parentPort>, { text, pinned, now, ...task }: Task): void {
  const utf8 = new TextDecoder();
  const held = task.held && { ...task.held, text: utf8.decode(task.held.text) };
  const report = (message: Report) => port.postMessage(message);
  const succession = succeed(held, utf8.decode(text), pinned, now);
  const registry = succession.ok ? versionIn(succession.value) : undefined;
  const places = registry === undefined ? [] : placesOf(registry.document.members, held);
  report({ did: "judge", judged: succession.ok ? ok(mapVersion(succession.value, headOf)) : succession });
  let handed = 0;
  port.on("message", () => {
    report({ did: "hand-over", places: places.slice(handed, handed + pieceLength) });
    handed += pieceLength;
  });
}

function headOf({ document: { members: _members, ...document }, hash }: Registry): Opened {
  return { document, hash };
}

/** Most members stay as they are from one version to the next: those need not be handed over. */
function placesOf(members: readonly Member[], held: HeldRegistry | undefined): readonly Place[] {
  const before = new Map(membersOf(held).map((member, place) => [JSON.stringify(member), place]));
  return members.map((member) => before.get(JSON.stringify(member)) ?? member);
}

function membersOf(held: HeldRegistry | undefined): readonly Member[] {
  const jws = held && readCompact(held.text, registryType);
  return registryDocumentSchema.safeParse(jws && payloadOf(jws)).data?.members ?? [];
}

if (parentPort) main(parentPort, workerData);
