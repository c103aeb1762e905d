import fc from "fast-check";
import { type Act, acts } from "./acts.ts";
import { settle } from "./settle.ts";
import { createWorld } from "./world.ts";

export interface ModelOptions {
  readonly seed?: number | undefined;
  /** Of one that has failed. */
  readonly path?: string | undefined;
  /** Whoever is not through by then has shown nothing, and fails: with the least that was found to fail, if anything was. */
  readonly withinMs?: number;
}

/** Many worlds, in each of which many things happen. What fails is told with its seed, and as little of it as still fails. */
export async function checkModel(runs: number, { seed, path, withinMs }: ModelOptions): Promise<void> {
  const lives = fc.array(acts, { minLength: 10, maxLength: 60, size: "max" });
  await fc.assert(fc.asyncProperty(lives, runModel), {
    numRuns: runs,
    ...(seed !== undefined && { seed }),
    ...(path !== undefined && { path }),
    ...(withinMs !== undefined && { interruptAfterTimeLimit: withinMs, markInterruptAsFailure: true }),
  });
}

/** Does one thing after the other, looks at everything after each, and lets it settle in the end. */
async function runModel(life: readonly Act[]): Promise<void> {
  const world = createWorld();
  try {
    for (const each of life) {
      world.pass(1);
      await each.run(world);
      world.watch.check();
    }
    await settle(world);
  } finally {
    world.close();
  }
}
