import { readCheckpoint, verifyCosignatures, witnessesOf } from "@xinqiao/protocol/checkpoint";
import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { openPublishedLog } from "../store/sqlite/index.ts";

/** The newest checkpoint as it is served, and which members have cosigned it. */
export async function checkpoint(home: string): Promise<string> {
  const config = await loadConfig(home);
  const published = openPublishedLog(config.log);
  try {
    const { note = "" } = published.newest() ?? {};
    const read = readCheckpoint(note);
    if (!read.ok) throw new CommandError("nothing was signed yet · 尚未签发检查点");
    const { document } = await openRegistryFolder(config.registry, Date.now).newest();
    const cosigned = verifyCosignatures(read.value.note, witnessesOf(document.members));
    const lines = (cosigned.ok ? cosigned.value : []).map(
      ({ member, time }) => `cosigned · 见证\t${member}\t${new Date(time * 1000).toISOString()}`,
    );
    return [note.trimEnd(), "", ...lines].join("\n").trimEnd();
  } finally {
    published.close();
  }
}
