import fc from "fast-check";
import { describe, it } from "vitest";
import { checkModel } from "./run-model.ts";

describe("what members share, whatever happens", () => {
  it("is lost nowhere, doubled nowhere, and shown to nobody who may not see it", () =>
    checkModel(40, { seed: fc.readConfigureGlobal().seed, interruptAfterTimeLimit: 30_000 }));
});
