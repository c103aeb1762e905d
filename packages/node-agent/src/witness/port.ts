/** Two checkpoints that the log has signed, for people to hold against it. */
export interface KeptEvidence {
  /** A head that the log has signed and that is none of its own; or its own newest, which does not go on from what was held. */
  readonly kind: "forked" | "not-extended";
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly held: string;
  readonly offered: string;
}

/**
 * What this member has seen of its city's log, for good: it goes back on nothing that it cosigned, whatever becomes of
 * its process. Everything is on the disk when it returns.
 */
export interface WitnessBook {
  /** The checkpoint that it cosigned last, as a note; nothing when it has seen none. */
  held(origin: string): string | undefined;
  /**
   * Judges and moves on in one step that nothing comes between.
   * @param judge given what is held; says what is to be held from now on, if anything else
   */
  move<Judged>(origin: string, judge: (held: string | undefined) => Move<Judged>): Judged;
  /** Keeps evidence, each checkpoint once. A fork always finds room. */
  keep(evidence: KeptEvidence): "kept" | "known" | "full";
  /** Newest first. */
  evidence(): readonly KeptEvidence[];
}

export interface Move<Judged> {
  readonly judged: Judged;
  readonly hold?: string;
}
