import { err, ok, type Result } from "../result/index.ts";
import { type LogEntry, logEntrySchema } from "./entry.ts";

/**
 * An entry as a leaf: JSON in UTF-8. The tree hashes exactly the bytes that are stored; whoever checks
 * a leaf hashes the stored bytes and never an entry that was parsed and written again.
 */
export function encodeEntry(entry: LogEntry): string {
  return JSON.stringify(entry);
}

/** Reads a leaf back. The error is text for an operator. */
export function decodeEntry(leaf: Uint8Array): Result<LogEntry, string> {
  const json = parseJson(leaf);
  if (json === undefined) return err("leaf is not JSON in UTF-8");
  const parsed = logEntrySchema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const places = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "entry"}: ${message}`);
  return err(places.join("; "));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseJson(leaf: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(leaf));
  } catch {
    return undefined;
  }
}
