/** Hashes of one level, side by side; what is missing is zeros and listed, and the source has said so. */
export interface Hashes {
  readonly bytes: Buffer;
  /** Places within `bytes`, from 0. */
  readonly missing: readonly number[];
}

export interface KeptNote {
  /** Entries, as the source lists it. */
  readonly size: number;
  readonly note: string;
}

export interface Overview {
  /** Entries to be checked. */
  readonly size: number;
  /** By which they were counted, where the source keeps no older one: a log that goes on has a newer one by the next look. */
  readonly counted?: KeptNote;
  /** What the log itself says that it comes to, where it says so. */
  readonly head?: { readonly size: number; readonly root: Buffer };
}

/** A log somebody keeps, as it is checked. What a source finds wrong with itself it says, and leaves out. */
export interface LogSource {
  /** Whether the hashes within a tile are kept, seven levels above its own, or only those that stand in it. */
  keepsInner(level: number, tile: number): boolean;
  overview(): Promise<Overview>;
  /** Each as it is hashed, 00 ‖ leaf; undefined where there is none that can be read. Within one tile. */
  leaves(from: number, to: number): Promise<readonly (Buffer | undefined)[]>;
  /** Within one tile. */
  hashes(level: number, from: number, to: number): Promise<Hashes>;
  /** Those of more than `above` entries and at most `upTo`, in order. */
  checkpoints(above: number, upTo: number): Promise<readonly KeptNote[]>;
  /** What storage says about itself, beyond what is read anyway. */
  examine(): Promise<void>;
  close(): void;
}
