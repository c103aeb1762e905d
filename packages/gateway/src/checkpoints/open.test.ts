import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fault } from "@xinqiao/protocol/problem";
import { err } from "@xinqiao/protocol/result";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gatewayConfigSchema } from "../config/index.ts";
import { createMemoryAuditLog } from "../log/index.ts";
import type { WitnessLine } from "../witnesses/index.ts";
import { type TestCity, testCity, testKey } from "../witnesses/testing/city.ts";
import { lineTo, type TestWitness, testWitness } from "../witnesses/testing/witness.ts";
import { openPublishing } from "./open.ts";

const keys = { baoan: testKey(), dg: testKey() };
let folder: string;
let city: TestCity;
let witnesses: Record<keyof typeof keys, TestWitness>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-publishing-"));
  vi.useFakeTimers();
  city = testCity(keys);
  witnesses = {
    baoan: testWitness("baoan", keys.baoan, city.registry),
    dg: testWitness("dg", keys.dg, city.registry),
  };
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

/** A gateway's publishing over this city's log, as after a start. */
function publishing(line: WitnessLine = lineTo(witnesses)) {
  const memory = createMemoryAuditLog({ origin: "sz", now: Date.now, randomBytes: Buffer.alloc });
  const log = { ...memory, head: city.log.head, keepCheckpoint: vi.fn(city.log.keepCheckpoint) };
  const config = gatewayConfigSchema.parse({
    node: "sz",
    name: { zh: "示例市", en: "Example City" },
    division: "440300",
    origin: "http://127.0.0.1:9440",
    listen: "127.0.0.1:9440",
    admin: "127.0.0.1:9449",
    alarms: join(folder, "alarms"),
  });
  const follow = vi.fn(async () => undefined);
  const opened = openPublishing(config, {
    log,
    published: city.log,
    keys: { signer: city.logKey.signer, follow },
    registry: () => city.registry,
    line,
    events: { failed: vi.fn(), keyChanged: vi.fn(), witnessAlarm: vi.fn() },
    now: Date.now,
  });
  const signed = () => log.keepCheckpoint.mock.calls.filter(([{ cosigners }]) => cosigners === 0);
  return { ...opened, log, follow, signed };
}

describe("a log that is published", () => {
  it("is signed once a second while it grows, however fast, and not at all while it does not", async () => {
    const { signed, stop, publish } = publishing();
    // The first time it looks for alarms on the disk, whose time is not the test's.
    await publish();
    for (let turn = 0; turn < 50; turn += 1) {
      city.append(`leaf ${turn}`);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(signed()).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signed().length, "what came last is signed too").toBeLessThanOrEqual(6);
    expect(city.log.newest()?.size).toBe(50);
    stop();
  });

  it("is looked after by one at a time: who asks meanwhile waits for it", async () => {
    const { signed, stop, follow, publish } = publishing();
    city.append("one");
    await Promise.all([publish(), publish()]);
    expect(follow).toHaveBeenCalledTimes(1);
    expect(signed()).toHaveLength(1);
    stop();
  });

  it("is shown to its witnesses every few seconds, and again within the minute while it is idle", async () => {
    const shown = vi.spyOn(witnesses.dg, "addCheckpoint");
    const { report, stop, publish } = publishing();
    await publish();
    city.append("one");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(report().newest).toMatchObject({ size: 1, members: ["baoan", "dg"] });
    const before = shown.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(shown.mock.calls.length - before).toBe(1);
    stop();
  });

  it("is not signed after a start before one who cosigned it has said that it stands there", async () => {
    city.append("one");
    const first = publishing();
    await first.publish();
    await vi.advanceTimersByTimeAsync(10_000);
    first.stop();
    const { held, ...rest } = lineTo(witnesses);
    const asked = vi.fn<WitnessLine["held"]>();
    asked.mockResolvedValue(err(fault("node.unreachable")));
    city.append("two");
    const { signed, stop, log, publish } = publishing({ ...rest, held: asked });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signed()).toEqual([]);
    expect(log.health()).toEqual({ ok: true });
    asked.mockImplementation(held);
    await publish();
    expect(signed()).toHaveLength(1);
    stop();
  });
});
