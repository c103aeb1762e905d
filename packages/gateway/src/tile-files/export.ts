import { join } from "node:path";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import { formatTilePath } from "@xinqiao/protocol/tiles";
import { exists } from "@xinqiao/runtime/files";
import type { PublishedLog } from "../log/index.ts";
import { countTiles, tileBytes, tilesOf } from "./tile-bytes.ts";
import { writeWhole } from "./write-file.ts";

export interface ExportedLog {
  readonly size: number;
  /** Files that were not there yet. */
  readonly written: number;
}

/**
 * The log up to its newest checkpoint as files in C2SP's layout, which any tool of that layout reads. A tile never
 * changes: what is there is left as it is, so that an export that was broken off, or is older, is gone on with. The
 * checkpoint comes last, when everything that it stands for is there.
 */
export async function exportLog(
  log: PublishedLog,
  folder: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ExportedLog> {
  const newest = log.newest();
  if (newest === undefined) throw new FaultError(fault("request.not-found", "the log has no checkpoint yet"));
  const total = countTiles(newest.size);
  let [done, written] = [0, 0];
  for (const address of tilesOf(newest.size)) {
    const file = join(folder, formatTilePath(address));
    if (!(await exists(file))) {
      const bytes = tileBytes(address, log);
      if (bytes === undefined) throw new Error(`${formatTilePath(address)} has a leaf that is too long`);
      await writeWhole(file, bytes);
      written += 1;
    }
    done += 1;
    onProgress(done, total);
  }
  await writeWhole(join(folder, "checkpoint"), newest.note);
  return { size: newest.size, written };
}
