import { tileLevels, tileWidth } from "@xinqiao/protocol/tiles";
import { archivedSize, type Database } from "./database.ts";

/**
 * Drops what is in the archive: the leaves, and the hashes below their tiles' roots. Rows of entries stay, so that they
 * are still found by exchange, kind and time.
 */
export function createLetGo(database: Database): (from: number, to: number) => void {
  const emptyLeaves = database.prepare("UPDATE entry SET leaf = '' WHERE idx >= ? AND idx < ?");
  const dropNodes = database.prepare("DELETE FROM node WHERE level = ? AND idx >= ? AND idx < ?");
  const archived = database.prepare("INSERT OR REPLACE INTO archived (one, size) VALUES (1, ?)");
  const letGo = database.transaction((from: number, to: number) => {
    if (archivedSize(database) !== from || from % tileWidth !== 0 || to % tileWidth !== 0 || to <= from) {
      throw new Error(`entries ${from} to ${to} are not the next to leave`);
    }
    if (emptyLeaves.run(from, to).changes !== to - from)
      throw new Error(`not all entries to ${to} are there`);
    // A tile's root is the lowest hash of the next, and stays.
    for (let level = 0; level < tileLevels; level += 1) {
      dropNodes.run(level, from / 2 ** level, to / 2 ** level);
    }
    archived.run(to);
  });
  return (from, to) => void letGo.immediate(from, to);
}
