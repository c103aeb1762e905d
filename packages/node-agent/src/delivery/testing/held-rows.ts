import type { CreditRecord } from "@xinqiao/protocol/record";
import { named } from "./copies.ts";

type Change =
  | { readonly change: "put"; readonly source: string; readonly record: CreditRecord }
  | { readonly change: "remove"; readonly source: string; readonly id: string };

/** What a platform of its own making has of the copies. */
export class HeldRows {
  readonly #rows = new Map<string, { readonly text: string; readonly generation: string }>();

  apply(changes: readonly Change[], generation: string): void {
    for (const change of changes) {
      if (change.change === "remove") this.#rows.delete(`${change.source}/${change.id}`);
      else {
        const text = named(change.source, change.record);
        this.#rows.set(`${change.source}/${change.record.id}`, { text, generation });
      }
    }
  }

  complete(generation: string): void {
    for (const [key, row] of this.#rows) if (row.generation !== generation) this.#rows.delete(key);
  }

  clear(): void {
    this.#rows.clear();
  }

  rows(): readonly string[] {
    return [...this.#rows.values()].map(({ text }) => text).sort();
  }
}
