import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { createDeliveryMetrics } from "./delivery-metrics.ts";

it("what waits for every delivery is counted once when it is asked for", async () => {
  const registry = new Registry();
  let asked = 0;
  createDeliveryMetrics([registry], () => {
    asked += 1;
    const common = { delivered: 0, isTelling: false, keepsStale: false, takenAt: null };
    return [{ ...common, name: "platform", waiting: 10 * asked, dead: asked }];
  });
  for (const [waiting, dead] of [
    [10, 1],
    [20, 2],
  ]) {
    const text = await registry.metrics();
    expect(text).toContain(`xinqiao_agent_delivery_waiting{delivery="platform"} ${waiting}`);
    expect(text).toContain(`xinqiao_agent_delivery_dead_letters{delivery="platform"} ${dead}`);
  }
  expect(asked).toBe(2);
});
