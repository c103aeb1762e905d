import type { Act } from "./acts.ts";
import { settle } from "./settle.ts";
import { createWorld } from "./world.ts";

/** Does one thing after the other, looks at everything after each, and lets it settle in the end. */
export async function runModel(acts: readonly Act[]): Promise<void> {
  const world = createWorld();
  try {
    for (const each of acts) {
      world.pass(1);
      await each.run(world);
      world.watch.check();
    }
    await settle(world);
  } finally {
    world.close();
  }
}
