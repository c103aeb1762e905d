import { lstat, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { forgetOldLines } from "../book/index.ts";
import { handedBackFolders } from "../handover/index.ts";
import type { AgentStore } from "../store/index.ts";

export interface Retention {
  readonly quarantineDays: number;
  /** The folder of the lists. */
  readonly quarantine: string;
}

const dayMs = 86_400_000;

/**
 * Deletes rows that were kept back, and lists of them, from longer ago than the member wants to know (Personal
 * Information Protection Law art. 19: no longer than needed). That an item is not whole stays known.
 */
export async function forgetKeptBack(
  { imports }: Pick<AgentStore, "imports">,
  { quarantineDays, quarantine }: Retention,
  now: number,
): Promise<void> {
  const before = now - quarantineDays * dayMs;
  const day = new Date(before).toISOString();
  imports.purgeQuarantine(day);
  while (imports.purgeFileRows(day)) await setImmediate();
  for (const path of await listsIn(quarantine)) {
    const file = await stat(path).catch(() => undefined);
    if (file?.isFile() && file.mtimeMs < before) await rm(path, { force: true });
  }
}

export interface HandedBack {
  readonly intake: { readonly folder?: string | undefined; readonly keepDays: number };
}

/**
 * Deletes files and reports that were handed back longer ago. By the time they were put there: a file's time of change
 * is its sender's.
 */
export async function forgetHandedBack({ intake }: HandedBack, now: number): Promise<void> {
  const before = now - intake.keepDays * dayMs;
  for (const folder of intake.folder === undefined ? [] : handedBackFolders(intake.folder)) {
    for (const name of await readdir(folder).catch(() => [])) {
      const file = await lstat(join(folder, name)).catch(() => undefined);
      if (file?.isFile() && file.ctimeMs < before) await rm(join(folder, name), { force: true });
    }
  }
}

/** Lists are CSV; whatever else an operator keeps in the folder is not ours. */
async function listsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(".csv")).map((name) => join(folder, name));
}

/** Forgets now and once a day, and never keeps an agent from its work; returns what ends it. */
export async function forgetDaily(
  store: Pick<AgentStore, "imports" | "book" | "inbox" | "revocations">,
  retention: Retention & HandedBack & { readonly bookDays: number },
  now: () => number,
  onError: (error: unknown) => void,
): Promise<() => void> {
  const forget = () =>
    forgetKeptBack(store, retention, now())
      .then(() => forgetHandedBack(retention, now()))
      .then(() => void store.inbox.forgetEnded(chinaDay(now())))
      .then(() => void store.revocations.forget((now() - retention.bookDays * dayMs) / 1000))
      .then(() => forgetOldLines(store.book, retention.bookDays, now()))
      .catch(onError);
  await forget();
  const timer = setInterval(() => void forget(), dayMs).unref();
  return () => clearInterval(timer);
}
