import { readFile } from "node:fs/promises";
import { leafHash } from "@xinqiao/protocol/log";
import {
  encodeBundle,
  matchesHashes,
  parseBundle,
  subtreeRoot,
  tileLevels,
  tileWidth,
} from "@xinqiao/protocol/tiles";
import { absent } from "@xinqiao/runtime/files";
import type { PublishedLog } from "../log/index.ts";
import { writeWhole } from "../tile-files/index.ts";
import { fileOf } from "./layout.ts";

/**
 * Puts one full tile and its entries into the archive and reads both back from the disk, against the hash that the tree
 * has above them. Resolves when the database may let go of them; throws, with everything still in the database, when
 * not. A file of an attempt that was broken off is written again when it is not whole.
 */
export async function writeTile(
  folder: string,
  tile: number,
  log: Pick<PublishedLog, "hashes" | "leaves">,
): Promise<void> {
  const from = tile * tileWidth;
  const leaves = log.leaves(from, from + tileWidth);
  const bundle = encodeBundle(leaves);
  if (!bundle.ok) throw new Error(`entry ${from + bundle.error.place} does not fit into a bundle`);
  const [above] = log.hashes(tileLevels, tile, tile + 1);
  const files = [
    { file: fileOf(folder, "entries", tile), bytes: bundle.value },
    { file: fileOf(folder, 0, tile), bytes: Buffer.concat(leaves.map(leafHash)) },
  ];
  for (const { file, bytes } of files) {
    const there = await readFile(file).catch(absent);
    if (!there?.equals(bytes)) await writeWhole(file, bytes);
  }
  const [entries, hashes] = await Promise.all(files.map(({ file }) => readFile(file)));
  const read = entries && parseBundle(entries, tileWidth);
  if (!read?.ok || hashes === undefined || !matchesHashes(read.value, hashes)) {
    throw new Error(`what was written of tile ${tile} is not what is read back`);
  }
  if (above === undefined || !subtreeRoot(hashes, 0, tileWidth).equals(above)) {
    throw new Error(`the entries of tile ${tile} are not what the tree above stands for: run \`log verify\``);
  }
}
