import { setImmediate } from "node:timers/promises";
import type { Book } from "./port.ts";

/** Lines dropped in one turn of the event loop. */
const sliceSize = 500;
const dayMs = 86_400_000;

/** Drops lines that have been kept long enough, a slice at a time: whoever is answered meanwhile does not notice. */
export async function forgetOldLines(
  book: Pick<Book, "forget">,
  bookDays: number,
  now: number,
): Promise<void> {
  const before = Math.floor((now - bookDays * dayMs) / 1000);
  while (book.forget(before, sliceSize) === sliceSize) await setImmediate();
}
