import { keptResponseSchema, keptSchema } from "@xinqiao/protocol/evidence";
import { parseJson } from "@xinqiao/protocol/transport";
import type { z } from "zod";
import type { ReadEvidence } from "../../log/index.ts";
import { type Database, readOnce } from "./database.ts";
import { type Part, unseal } from "./sealing.ts";

interface PartRow {
  readonly part: Part;
  readonly sealed: Buffer;
  readonly key: Buffer | null;
}

/** Opens what is kept beside entries of a log, one by one. */
export function evidenceReader(database: Database): (entry: number) => ReadEvidence {
  const parts = database.prepare<[number], PartRow>(
    "SELECT part, sealed, key FROM evidence LEFT JOIN subject_key USING (tag) WHERE entry = ? ORDER BY part",
  );
  return (entry) => {
    const texts: Partial<Record<Part, string>> = {};
    for (const { part, sealed, key } of parts.all(entry)) {
      const text = key === null ? undefined : unseal(key, { entry, part }, sealed);
      if (text === undefined) return "damaged";
      texts[part] = text;
    }
    if (texts.entry === undefined) return texts.response === undefined ? "nothing" : "damaged";
    const kept = parsed(keptSchema, texts.entry);
    const response = texts.response === undefined ? undefined : parsed(keptResponseSchema, texts.response);
    if (kept === undefined || (texts.response !== undefined && response === undefined)) return "damaged";
    return { kept, ...(response && { response }) };
  };
}

/** Who has the database has the keys: what opens may still be anything. */
function parsed<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  const value = parseJson(Buffer.from(text), schema);
  return value.ok ? value.value : undefined;
}

/** What is kept beside one entry of the log at `path`. */
export function readEvidence(path: string, entry: number): ReadEvidence {
  return readOnce(path, (database) => evidenceReader(database)(entry));
}
