import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { CreditRecord, Dispute } from "@xinqiao/protocol/record";
import type { Result } from "@xinqiao/protocol/result";

/** What a copy has come to: it is as it says, or it is not to be used any more. */
export type CopyChange =
  | {
      readonly change: "put";
      readonly source: NodeId;
      readonly record: CreditRecord;
      /** As the city says them; absent: none. */
      readonly disputes?: readonly Dispute[];
    }
  | { readonly change: "remove"; readonly source: NodeId; readonly id: string };

/**
 * Changes in their order. Batches are a chain, as pages of a feed are: a platform that does not hold the one before has
 * another past, and is told everything anew, in another generation.
 */
export interface Batch {
  readonly generation: string;
  /** This batch's own, however often it comes. What comes again under it is the same, but for what a later one has anew. */
  readonly mark: string;
  /** Of the batch before; null: the generation begins. */
  readonly previous: string | null;
  /** The generation has named everything: what the platform has of an older one goes. There are no changes then. */
  readonly complete: boolean;
  readonly changes: readonly CopyChange[];
}

/** Why a batch was not taken. `reason` is what a database or the system calls it, or a status; nothing of any record. */
export interface DeliveryFault {
  readonly code: /** It cannot be reached, or does not work: it is tried again. */
    | "delivery.unavailable"
    /** It took longer than it may: smaller ones are tried when it does so again. */
    | "delivery.too-slow"
    /** Something in the batch is not taken, however often it comes. */
    | "delivery.refused"
    /** It does not hold the batch before. */
    | "delivery.another-past"
    /** So many in a row that no single record can be the reason. */
    | "delivery.too-many-refused"
    /** What it has of an older generation and should not have any more could not be removed. */
    | "delivery.stale-kept";
  readonly reason: string;
}

/** Where copies are delivered to: one adapter each way. */
export interface Platform {
  /** Where a platform cannot be trusted to say that it has another past: what tells it from another. */
  readonly target: string;
  /** Takes a batch whole or not at all; one that it has taken already changes nothing. */
  take(batch: Batch, signal: AbortSignal): Promise<Result<void, DeliveryFault>>;
  /** Whether it could take one now, by reading alone: what it is, for people. */
  check(signal: AbortSignal): Promise<Result<string, DeliveryFault>>;
  close(): Promise<void>;
}

/** A delivery as it is configured. */
export interface WantedDelivery {
  readonly name: string;
  readonly items: "all" | readonly ItemCode[];
  /** The platform's: to another one everything is told. */
  readonly target: string;
}

/** What a platform does not take. */
export interface DeadLetter {
  readonly source: string;
  readonly record: string;
  readonly item: string;
  /** Null: that it is to be removed. */
  readonly version: number | null;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface DeliveryStanding {
  readonly name: string;
  /** Changes that were taken, in all; and those that wait. */
  readonly delivered: number;
  readonly waiting: number;
  readonly dead: number;
  /** Whether everything is being told anew. */
  readonly isTelling: boolean;
  /** Whether the platform would not remove what it has of an older generation. */
  readonly keepsStale: boolean;
  /** Milliseconds since 1970; null before the first. */
  readonly takenAt: number | null;
}

/** What waits for one platform: filled by whatever changes a copy, in that very transaction. */
export interface DeliveryQueue {
  /**
   * The batch under way, or the next; nothing when there is none. Which changes are in it is settled before it leaves.
   * From time to time there is one with nothing in it: a platform that was put back is found by it.
   * @param today what is not to be shown on this day is removed
   * @param now milliseconds since 1970
   */
  seal(today: string, now: number): Batch | undefined;
  /** The platform has it. */
  taken(mark: string, at: number): void;
  /** The platform refuses it: its first half is the next batch. False: there is but one change in it, or none. */
  split(mark: string): boolean;
  /** It took longer than it may. True: as it did the last time. */
  isSlowAgain(mark: string): boolean;
  /** The one change in it goes to the dead letters, and what follows goes on. False: there is none. */
  setAside(mark: string, reason: string, at: number): DeadLetter | undefined;
  /** The platform refuses to remove what is stale: what follows goes on, and it is asked again later. True: for the first time. */
  keepStale(mark: string, at: number): boolean;
  /** Everything is told from the beginning. */
  beginAnew(): void;
  /** How many were set aside since one was last taken. */
  setAsideInRow(): number;
}

/** How many of an item; undefined: no delivery wants it. */
export type TakenCopies = (item: ItemCode) => number | undefined;

/** Every delivery of this member. */
export interface Deliveries {
  /** Those there are from now on; one for other items or to elsewhere begins anew. */
  choose(wanted: readonly WantedDelivery[]): void;
  /** Queues some of the copies that there were when the first delivery was chosen. @returns whether there were any */
  queueSome(): boolean;
  queue(name: string): DeliveryQueue;
  standings(): readonly DeliveryStanding[];
  deadLetters(name: string): readonly DeadLetter[];
  /** They are delivered again. @returns how many */
  replay(name: string): number;
  /** They are let be: what the platform holds of them stays as it is until a later version is taken. @returns how many */
  drop(name: string): number;
  /** Of a source's copies those that may be used on a day and that every platform that wants them has, by item. */
  takenBy(source: NodeId, today: string): Promise<TakenCopies>;
  /** Resolves when all that was settled is on the disk. */
  durable(): Promise<void>;
}
