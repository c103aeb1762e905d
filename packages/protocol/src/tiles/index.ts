export {
  formatTilePath,
  parseTilePath,
  placeOf,
  type TileAddress,
  type TilePlace,
  tileIn,
  tileLevels,
  tileWidth,
} from "./address.ts";
export { type BundleFault, encodeBundle, matchesHashes, parseBundle } from "./entries.ts";
export {
  type HashTileAddress,
  hashTile,
  readTiles,
  subtreeRoot,
  type TileFault,
  type TileSource,
  tilesRead,
} from "./hashes.ts";
