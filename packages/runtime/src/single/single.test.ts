import { expect, it, vi } from "vitest";
import { single } from "./index.ts";

it("runs once for all who call meanwhile, and anew for who calls afterwards", async () => {
  const run = vi.fn(async (given: number) => given);
  const one = single(run);
  expect(await Promise.all([one(1), one(2)])).toEqual([1, 1]);
  expect(await one(3)).toBe(3);
  expect(run).toHaveBeenCalledTimes(2);
});

it("fails all who wait for a run that fails, and runs again", async () => {
  const run = vi.fn(async () => "well");
  run.mockRejectedValueOnce(new Error("ill"));
  const one = single(run);
  const outcomes = await Promise.allSettled([one(), one()]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await one()).toBe("well");
});
