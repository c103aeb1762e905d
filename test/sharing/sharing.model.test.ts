import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acts } from "./acts.ts";
import { runModel } from "./run-model.ts";

describe("what members share, whatever happens", () => {
  it("is lost nowhere, doubled nowhere, and shown to nobody who may not see it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 10, maxLength: 60, size: "max" }), runModel),
      {
        numRuns: Number(process.env["SHARING_RUNS"] ?? 60),
        ...(process.env["SHARING_SEED"] !== undefined && { seed: Number(process.env["SHARING_SEED"]) }),
        endOnFailure: process.env["SHARING_FAST"] !== undefined,
        interruptAfterTimeLimit: 50_000,
      },
    );
    expect.assertions(0);
  });
});
