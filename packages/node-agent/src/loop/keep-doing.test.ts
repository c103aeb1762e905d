import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { describe, expect, it } from "vitest";
import { keepDoing } from "./keep-doing.ts";

const unreachable = err({ by: "agent" as const, fault: fault("gateway.unreachable") });

/** Does what it is told, one thing after the other, and then ends. @returns how long it paused after each */
async function pausesOf(works: readonly (() => ReturnType<Parameters<typeof keepDoing>[0]>)[]) {
  const [pauses, faults, errors]: [number[], unknown[], unknown[]] = [[], [], []];
  const left = [...works];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const stop = keepDoing(() => left.shift()?.() ?? Promise.resolve(ok({ again: false })), 200, {
    onFault: (reason) => faults.push(reason),
    onError: (error) => errors.push(error),
    pause: (ms, signal) => {
      pauses.push(ms);
      if (left.length > 0) return Promise.resolve();
      resolve();
      return new Promise((gone) => signal.addEventListener("abort", () => gone()));
    },
  });
  await done;
  await stop();
  return { pauses, faults, errors };
}

describe("what is done over and over", () => {
  it("goes on at once while there is something, and pauses when there is not", async () => {
    const { pauses } = await pausesOf([
      async () => ok({ again: true }),
      async () => ok({ again: false }),
      async () => ok({ again: true }),
    ]);
    expect(pauses).toEqual([0, 200, 0]);
  });

  it("is tried less and less often while it fails, up to half a minute, and told of once", async () => {
    const { pauses, faults } = await pausesOf(Array(9).fill(async () => unreachable));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(faults).toHaveLength(1);
  });

  it("begins the count again once it has worked, and tells of the next fault", async () => {
    const { pauses, faults, errors } = await pausesOf([
      async () => unreachable,
      async () => unreachable,
      async () => ok({ again: false }),
      () => Promise.reject(new Error("a bug")),
      async () => unreachable,
    ]);
    expect(pauses).toEqual([500, 1_000, 200, 500, 1_000]);
    expect(faults).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });
});
