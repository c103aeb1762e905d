import { describe, it } from "vitest";
import { checkModel } from "../sharing/run-model.ts";

const { SHARING_SEED: seed, SHARING_PATH: path, SHARING_RUNS: runs = "5000" } = process.env;

describe("what members share, whatever happens, for long", () => {
  it("is lost nowhere, doubled nowhere, and shown to nobody who may not see it", () =>
    checkModel(Number(runs), { seed: seed === undefined ? Date.now() % 2 ** 31 : Number(seed), path }));
});
