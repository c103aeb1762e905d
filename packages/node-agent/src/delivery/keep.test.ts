import { existsSync, mkdirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBell } from "./bell.ts";
import { type DeliveryFault, type KeptDeliveries, keepDelivering, type Platform } from "./index.ts";
import { openFolder } from "./platform/files.ts";
import { Consumer } from "./testing/consumer.ts";
import { TestCopies } from "./testing/copies.ts";

const often = { timeout: 20_000, interval: 20 };

describe("deliveries", () => {
  let copies: TestCopies;
  let kept: KeptDeliveries;
  let faults: string[];
  let delivered: number;
  let forgotten: string[];
  beforeEach(() => {
    copies = new TestCopies();
    [faults, delivered, forgotten] = [[], 0, []];
  });
  afterEach(async () => {
    await kept.stop();
    copies.close();
  });

  const keep = (platforms: Readonly<Record<string, Platform>>, lookEveryMs: number) => {
    kept = keepDelivering(
      Object.entries(platforms).map(([name, platform]) => ({ name, items: "all", platform })),
      {
        lookEveryMs,
        deliveries: copies.store.deliveries,
        forgetEnded(today) {
          forgotten.push(today);
          copies.store.inbox.forgetEnded(today);
        },
        now: () => copies.now,
        today: () => copies.today,
        events: {
          delivered(_name, changes) {
            delivered += changes;
          },
          deliveryFault: (name, { code, reason }: DeliveryFault) => faults.push(`${name} ${code} ${reason}`),
          deadLetter: () => {},
          failed(error) {
            throw error;
          },
        },
      },
    );
  };

  it("go on by themselves: at once when rung for, with one that is away holding nobody up and told of once", async () => {
    const [near, far] = [copies.path("near"), copies.path("far")];
    mkdirSync(near);
    copies.take([{ id: "penalty:1" }]);
    // Long after this test: who rings is all that can bring it on.
    const never = 600_000;
    const open = (folder: string) => openFolder({ folder, format: "ndjson" });
    keep({ near: open(near), far: open(far) }, never);
    await vi.waitFor(() => expect(delivered).toBe(1), often);
    copies.take([{ id: "penalty:2" }]);
    kept.wake();
    await vi.waitFor(() => expect(delivered).toBe(2), often);
    await vi.waitFor(() => expect(faults).toEqual(["far delivery.unavailable ENOENT"]), often);
    expect(existsSync(far)).toBe(false);
    mkdirSync(far);
    await vi.waitFor(() => expect(delivered).toBe(4), often);
    expect(faults).toHaveLength(1);
    for (const folder of [near, far]) {
      const consumer = new Consumer(folder);
      consumer.consume();
      expect(consumer.held.rows()).toEqual(copies.shown());
    }
  });

  it("have all that was there before them queued, also for a platform that is away", async () => {
    copies.take(Array.from({ length: 4_500 }, (_, n) => ({ id: `penalty:${n}` })));
    keep({ far: openFolder({ folder: copies.path("far"), format: "ndjson" }) }, 600_000);
    await vi.waitFor(
      () => expect(copies.store.deliveries.standings()).toMatchObject([{ waiting: 4_500 }]),
      often,
    );
  });

  it("remove what has ended when a day is over, with no page coming", async () => {
    const folder = copies.path("files");
    mkdirSync(folder);
    copies.take([{ id: "penalty:1", disclosedUntil: "2026-01-01" }, { id: "penalty:2" }]);
    keep({ files: openFolder({ folder, format: "ndjson" }) }, 20);
    await vi.waitFor(() => expect(delivered).toBe(2), often);
    copies.today = "2026-01-02";
    await vi.waitFor(() => expect(delivered).toBe(3), often);
    expect(forgotten).toEqual(["2026-01-01", "2026-01-02"]);
    const consumer = new Consumer(folder);
    consumer.consume();
    expect(consumer.held.rows()).toEqual(["dg penalty penalty:2 1 current"]);
  });
});

describe("a bell", () => {
  const never = new AbortController().signal;

  it("is heard by who waits, and by who comes after it rang, once", async () => {
    const bell = createBell();
    const waiting = bell.heard(60_000, never);
    bell.ring();
    await waiting;
    bell.ring();
    await bell.heard(60_000, never);
    const stopping = new AbortController();
    let heard = false;
    const third = bell.heard(60_000, stopping.signal).then(() => {
      heard = true;
    });
    await setImmediate();
    expect(heard).toBe(false);
    stopping.abort();
    await third;
  });

  it("is waited for no longer than the time given, nor by who is stopped", async () => {
    const bell = createBell();
    await bell.heard(1, never);
    const stopping = new AbortController();
    const waiting = bell.heard(60_000, stopping.signal);
    stopping.abort();
    await waiting;
    await bell.heard(60_000, stopping.signal);
  });
});
