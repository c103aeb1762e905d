import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ItemCode, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type CreditRecord, isDisclosable } from "@xinqiao/protocol/record";
import type { Result } from "@xinqiao/protocol/result";
import { type FeedId, feedIdSchema } from "@xinqiao/protocol/sync";
import { testRecord } from "@xinqiao/protocol/testing";
import { type AgentStore, openStore } from "../../store/index.ts";
import {
  type DeadLetter,
  type Delivered,
  type DeliveryFault,
  type DeliveryQueue,
  deliver,
  type Platform,
} from "../index.ts";

export const testToday = "2026-01-01";
export const [penalty, licence] = ["penalty", "licence"].map((code) => itemCodeSchema.parse(code)) as [
  ItemCode,
  ItemCode,
];
export const [dg, hz] = ["dg", "hz"].map((node) => nodeIdSchema.parse(node)) as [NodeId, NodeId];
const firstFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const never = new AbortController().signal;

/** The copies of a member, in a real store, as sources tell them. */
export class TestCopies {
  readonly folder = mkdtempSync(join(tmpdir(), "xinqiao-delivery-"));
  store: AgentStore = openStore(this.path("store.db"));
  today = testToday;
  now = 1_767_225_600_000;
  readonly dead: DeadLetter[] = [];
  readonly staleKept: DeliveryFault[] = [];
  #seq = 0;
  #queues = new Map<string, DeliveryQueue>();

  constructor() {
    this.readAll();
  }

  /** There is no more than was taken. */
  readAll(): void {
    const { inbox } = this.store;
    const all = { items: [penalty, licence], jurisdictions: "all", subjectKinds: "all" } as const;
    inbox.readTo(inbox.position(all, this.now), true, this.now);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** A page of a source's comes. */
  take(
    changes: readonly object[],
    {
      source = dg,
      feed = firstFeed,
      complete = false,
      unwanted = [],
    }: { source?: NodeId; feed?: FeedId; complete?: boolean; unwanted?: readonly string[] } = {},
  ): void {
    const since = { position: this.#seq, head: null };
    const told = changes.map((change) => ({
      seq: ++this.#seq,
      salt: "A".repeat(22),
      record: testRecord(change),
    }));
    const place = { feed, upTo: Math.max(this.#seq, 1), head: String(this.#seq).padStart(43, "A") };
    this.store.inbox.take({ source, place, since, changes: told, unwanted, refused: [], complete });
  }

  /** What may be shown of these sources and items. */
  shown(items: readonly ItemCode[] = [penalty, licence]): readonly string[] {
    return this.store.inbox
      .of(testRecord().subject, items)
      .filter(({ record }) => isDisclosable(record, this.today))
      .map(({ source, record }) => named(source, record))
      .sort();
  }

  step(name: string, platform: Pick<Platform, "take">): Promise<Result<Delivered, DeliveryFault>> {
    const { deliveries } = this.store;
    const queue = this.#queues.get(name) ?? deliveries.queue(name);
    this.#queues.set(name, queue);
    return deliver(
      {
        queue,
        platform,
        durable: deliveries.durable,
        queueSome: deliveries.queueSome,
        now: () => this.now,
        today: () => this.today,
        onStaleKept: (fault) => this.staleKept.push(fault),
        onDead: (letter) => this.dead.push(letter),
      },
      never,
    );
  }

  /** Until there is nothing more. A platform that has another past says so once. */
  async deliverAll(name: string, platform: Pick<Platform, "take">): Promise<void> {
    for (let again = true; again; ) {
      const delivered = await this.step(name, platform);
      if (!delivered.ok && delivered.error.code !== "delivery.another-past") {
        throw new Error(`${delivered.error.code} ${delivered.error.reason}`);
      }
      again = !delivered.ok || delivered.value.again;
    }
  }

  reopen(): void {
    this.store.close();
    this.#open();
  }

  backUp(): void {
    this.store.close();
    copyFileSync(this.path("store.db"), this.path("store.bak"));
    this.#open();
  }

  /** A store that knows nothing. */
  lose(): void {
    this.store.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(this.path(`store.db${suffix}`), { force: true });
    this.#open();
  }

  putBack(): void {
    this.store.close();
    copyFileSync(this.path("store.bak"), this.path("store.db"));
    this.#open();
  }

  #open(): void {
    this.store = openStore(this.path("store.db"));
    this.#queues.clear();
  }

  close(): void {
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const named = (source: string, { id, version, state, item }: CreditRecord) =>
  [source, item, id, version, state].join(" ");

/** The platform takes it, and nobody hears that it has. */
export const replyLost = (platform: Platform): Pick<Platform, "take"> => ({
  async take(batch, signal) {
    await platform.take(batch, signal);
    return { ok: false, error: { code: "delivery.unavailable", reason: "ECONNRESET" } };
  },
});
