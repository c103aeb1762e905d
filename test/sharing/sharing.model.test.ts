import fc from "fast-check";
import { describe, it } from "vitest";
import { checkModel } from "./run-model.ts";

/** Ten times what it takes where nothing else runs. */
const withinMs = 300_000;

describe("what members share, whatever happens", () => {
  it(
    "is lost nowhere, doubled nowhere, and shown to nobody who may not see it",
    () => checkModel(24, { seed: fc.readConfigureGlobal().seed, withinMs }),
    withinMs + 60_000,
  );
});
