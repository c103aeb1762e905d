import { existsSync } from "node:fs";
import type { Statement } from "better-sqlite3";
import { type Database, hashReader, openReadOnly } from "../database.ts";
import { hashPrefix } from "./index-writer.ts";

/** Entries by the hash of their leaf. */
export interface HashIndex {
  /** Where the entry stands whose leaf has this hash; of several that are alike, the first. */
  indexOfHash(hash: Uint8Array): number | undefined;
  close(): void;
}

/** Looks the first bytes up in the index, and the whole hash in the log: what the index does not have yet is not found. */
export function openHashIndex(paths: { readonly log: string; readonly search: string }): HashIndex {
  const log = openReadOnly(paths.log);
  const hashOf = hashReader(log);
  let index: Database | undefined;
  let places: Statement<[bigint], number> | undefined;

  function placesOf(hash: Uint8Array): number[] {
    index ??= existsSync(paths.search) ? openReadOnly(paths.search) : undefined;
    places ??= index?.prepare<[bigint], number>("SELECT idx FROM leaf WHERE hash = ? ORDER BY idx").pluck();
    return places?.all(hashPrefix(hash)) ?? [];
  }

  return {
    indexOfHash(hash) {
      if (hash.length !== 32) return undefined;
      return placesOf(hash).find((place) => hashOf(0, place)?.equals(hash));
    },
    close() {
      log.close();
      index?.close();
    },
  };
}
