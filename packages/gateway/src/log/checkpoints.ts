import type { Result } from "@xinqiao/protocol/result";
import type { LogFailure } from "./audit-log.ts";

/** A head of the log as it was signed. */
export interface KeptCheckpoint {
  readonly size: number;
  /** Milliseconds since 1970: when it was signed. */
  readonly at: number;
  /** C2SP signed note: the log's signature, and the cosignatures that have come. */
  readonly note: string;
  /** How many other organisations have cosigned it. */
  readonly cosigners: number;
}

/** Where checkpoints are kept. */
export interface CheckpointKeeper {
  /** Durable when it resolves. Takes the place of one of the same size that fewer have cosigned. */
  keepCheckpoint(checkpoint: KeptCheckpoint): Promise<Result<void, { readonly code: LogFailure }>>;
}

/** The same, by the age of its entries. */
export interface AgingLog extends PublishedLog {
  /** When an entry was written, milliseconds since 1970. */
  writtenAt(index: number): number;
  /** Entries that are in the archive and no longer in the database: the first ones. */
  archived(): number;
}

/** Where the log's old entries leave it for the archive. */
export interface LogArchiving {
  /**
   * Drops entries `from` up to, not including, `to`, and the hashes below their tiles' roots: they are in the archive,
   * and follow right upon those that are there. Durable when it resolves.
   */
  letGo(from: number, to: number): Promise<Result<void, { readonly code: LogFailure }>>;
}

/** The log as others read it: what was appended before the newest checkpoint, and the checkpoints. */
export interface PublishedLog {
  newest(): KeptCheckpoint | undefined;
  /** The newest of those signed lately that so many have cosigned; the newest of all when there is none. */
  witnessed(cosigners: number): KeptCheckpoint | undefined;
  /** The smallest checkpoint of at least so many entries that so many have cosigned. */
  covering(size: number, cosigners: number): KeptCheckpoint | undefined;
  /** Roots of complete subtrees of one level, `from` up to, not including, `to`. */
  hashes(level: number, from: number, to: number): readonly Buffer[];
  /** Leaves as they were hashed, `from` up to, not including, `to`. */
  leaves(from: number, to: number): readonly Buffer[];
  /** RFC 9162's root of the first `size` entries. */
  rootAt(size: number): Buffer;
}
