import { setImmediate as nextTurn } from "node:timers/promises";
import type { Fault } from "@xinqiao/protocol/problem";
import { mapVersion, type Succession } from "@xinqiao/protocol/published";
import { buildOpened, type Member, type Registry, type RegistryAnchor } from "@xinqiao/protocol/registry";
import { ok, type Result } from "@xinqiao/protocol/result";
import { startThread, type Thread, threadFile } from "../threads/index.ts";
import type { Opened, Place, Report, Task } from "./opening-thread.ts";

const openingFile = threadFile(import.meta.url, "opening-thread");

/**
 * Judges a long version in a thread that ends with it, and takes its members over piece by piece: no piece holds up
 * the event loop for long. Members that have not changed stay the very objects they are, keys imported and all.
 */
export async function openBeside(
  held: Registry | undefined,
  text: string,
  pinned: RegistryAnchor,
  now: number,
): Promise<Result<Succession<Registry>, Fault>> {
  const thread = start({ held: held && headOf(held), text: encoder.encode(text), pinned, now });
  try {
    const first = await thread.next();
    if (first.did !== "judge") throw outOfTurn(first);
    const { judged } = first;
    if (!judged.ok) return judged;
    const take = await takeOver(thread, held?.document.members ?? []);
    return ok(mapVersion(judged.value, ({ document, hash }) => ({ text, hash, ...take(document) })));
  } finally {
    await thread.end();
  }
}

const encoder = new TextEncoder();

/** The thread reads the members of the version held from its text: cheaper than to clone thousands of objects. */
function headOf({ document: { iss, version, prev, iat, keys }, text, hash }: Registry): Task["held"] {
  return { document: { iss, version, prev, iat, keys }, text: encoder.encode(text), hash };
}

type Take = (document: Opened["document"]) => Pick<Registry, "document" | "directory">;

async function takeOver(thread: Opening, before: readonly Member[]): Promise<Take> {
  const members: Member[] = [];
  const builder = buildOpened();
  for (let places = await nextPiece(thread); places.length > 0; places = await nextPiece(thread)) {
    for (const place of places) {
      const member = typeof place === "number" ? before[place] : place;
      if (member === undefined) throw new Error(`the version held has no member ${place}`);
      members.push(member);
      builder.add(member);
    }
  }
  return (document) => {
    const directory = builder.finish(document);
    if (!directory.ok) throw new Error(`opened, but unsound: ${directory.error.join("; ")}`);
    return { document: { ...document, members }, directory: directory.value };
  };
}

type Opening = Thread<"next", Report>;

function start(task: Task): Opening {
  // Texts are moved, not copied: a clone of two of some megabytes takes longer than all the rest.
  const moved = [task.text.buffer, ...(task.held === undefined ? [] : [task.held.text.buffer])];
  return startThread(openingFile, { workerData: task, transferList: moved });
}

async function nextPiece(thread: Opening): Promise<readonly Place[]> {
  // A port hands on all that has come in one turn of the event loop: asked at once, pieces would run together.
  await nextTurn();
  const piece = await thread.ask("next");
  if (piece.did !== "hand-over") throw outOfTurn(piece);
  return piece.places;
}

function outOfTurn({ did }: Report): Error {
  return new Error(`the thread that opens the registry was out of turn: ${did}`);
}
