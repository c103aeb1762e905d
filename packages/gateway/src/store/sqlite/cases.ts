import { commitmentOf, decodeEntry, opens } from "@xinqiao/protocol/log";
import type { KnownCase } from "../../audit/index.ts";
import { readEvidence } from "./read-evidence.ts";
import { entriesOf } from "./verify-log.ts";

const field = "caseReference";

/** Under what reference a lookup of the log at `path` was made; nothing for an exchange that is none. */
export function caseOf(path: string, exchange: string): KnownCase | undefined {
  for (const { index, leaf } of entriesOf(path, exchange)) {
    const entry = decodeEntry(Buffer.from(leaf));
    if (!entry.ok) continue;
    if (entry.value.kind !== "lookup.intent" && entry.value.kind !== "lookup.refused") continue;
    const commitment = commitmentOf(entry.value, field);
    return { entry: index, reference: commitment === undefined ? "none" : opened(path, index, commitment) };
  }
  return undefined;
}

function opened(path: string, entry: number, commitment: string): KnownCase["reference"] {
  const beside = readEvidence(path, entry);
  const kept =
    typeof beside === "string" ? undefined : beside.kept.openings.find((opening) => opening.field === field);
  if (kept === undefined) return "gone";
  const key = Buffer.from(kept.key, "base64");
  return opens(commitment, { key, value: kept.value }) ? { text: kept.value } : "gone";
}
