import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { disputeSchema, recordSchema } from "@xinqiao/protocol/record";
import { z } from "zod";
import { HeldRows } from "./held-rows.ts";

const disputesSchema = z.array(disputeSchema).min(1).optional();
const generation = z.string();
const lineSchema = z.discriminatedUnion("change", [
  z.strictObject({ change: z.literal("begin"), generation }),
  z.strictObject({
    change: z.literal("put"),
    generation,
    source: z.string(),
    record: recordSchema,
    disputes: disputesSchema,
  }),
  z.strictObject({ change: z.literal("remove"), generation, source: z.string(), id: z.string() }),
  z.strictObject({ change: z.literal("complete"), generation }),
]);

/** A platform's program that takes each file once, by its name, in the order of names, and removes it. */
export class Consumer {
  readonly held = new HeldRows();
  readonly #taken = new Set<string>();
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  consume(): void {
    for (const name of this.waiting()) {
      const text = readFileSync(join(this.#folder, name), "utf8");
      if (!this.#taken.has(name)) this.#apply(text);
      this.#taken.add(name);
      rmSync(join(this.#folder, name));
    }
  }

  waiting(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(".ndjson"))
      .sort();
  }

  #apply(text: string): void {
    for (const each of text.trimEnd().split("\n")) {
      const line = lineSchema.parse(JSON.parse(each));
      if (line.change === "complete") this.held.complete(line.generation);
      else if (line.change !== "begin") this.held.apply([line], line.generation);
    }
  }
}
