import { logOrigin } from "@xinqiao/protocol/checkpoint";
import { formatVerifierKey, noteKey } from "@xinqiao/protocol/note";
import { readPublicKey } from "@xinqiao/runtime/keys";
import { loadConfig } from "../config/index.ts";

/** The key of the log's checkpoints as a text (C2SP signed-note) that witnesses, auditors and others' tools pin. */
export async function logKey(home: string): Promise<string> {
  const { node, logKey: location } = await loadConfig(home);
  return formatVerifierKey(noteKey("signature", logOrigin(node), await readPublicKey(location)));
}
