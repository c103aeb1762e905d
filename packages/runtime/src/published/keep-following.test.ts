import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Followed, keepFollowing } from "./keep-following.ts";

type Outcome = () => Promise<Result<void, ReturnType<typeof fault>>>;

const away: Outcome = async () => err(fault("gateway.unreachable"));
const fine: Outcome = async () => ok(undefined);
const broken: Outcome = () => Promise.reject(new Error("the disk is full"));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A follower whose refreshes come to what is told, the last of them for ever. */
function scene(outcomes: Outcome[], holds = true) {
  let held = holds;
  const refresh = vi.fn(async () => {
    const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
    const result = await (outcome ?? fine)();
    if (result.ok) held = true;
    return result;
  });
  const follower: Followed = { current: () => (held ? {} : undefined), refresh };
  const faults: string[] = [];
  const errors: string[] = [];
  const options = {
    refreshSeconds: 30,
    firstWithinMs: 2_000,
    onFault: ({ code }: { code: string }) => faults.push(code),
    onError: (error: unknown) => errors.push(String(error)),
  };
  return { refresh, faults, errors, following: keepFollowing(follower, options) };
}

describe("keepFollowing", () => {
  it("waits for a first version, and gives up in time", async () => {
    const { following, refresh, faults } = scene([away], false);
    const failed = expect(following).rejects.toThrow("gateway.unreachable");
    await vi.advanceTimersByTimeAsync(10_000);
    await failed;
    expect(refresh.mock.calls.length).toBe(5);
    expect(faults).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts once the city has answered, and looks again from then on until it is stopped", async () => {
    const { following, refresh } = scene([away, away, fine], false);
    await vi.advanceTimersByTimeAsync(1_000);
    const { stop } = await following;
    const begun = refresh.mock.calls.length;
    await vi.advanceTimersByTimeAsync(90_000);
    expect(refresh.mock.calls.length).toBe(begun + 3);
    stop();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(refresh.mock.calls.length).toBe(begun + 3);
  });

  it("goes on when the city is away and when the disk takes nothing", async () => {
    const { following, faults, errors } = scene([away, broken, fine]);
    const { refresh, stop } = await following;
    await refresh();
    expect(faults).toEqual(["gateway.unreachable"]);
    expect(errors).toEqual(["Error: the disk is full"]);
    await refresh();
    stop();
  });
});
