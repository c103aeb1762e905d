import { openCheckpoint } from "@xinqiao/protocol/checkpoint";
import { err, ok } from "@xinqiao/protocol/result";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ownLog } from "../witnesses/own-log.ts";
import { type TestCity, testCity, testKey } from "../witnesses/testing/city.ts";
import { createCheckpointMaker } from "./maker.ts";

let city: TestCity;
let at: number;

beforeEach(() => {
  city = testCity({});
  at = 1_000;
});

function maker(change: object = {}) {
  return createCheckpointMaker({
    city: city.registry.iss,
    log: city.log,
    published: city.log,
    signer: city.logKey.signer,
    listed: () => city.registry.log,
    now: () => at,
    ...change,
  });
}

describe("the log's head", () => {
  it("is signed when it has grown, and not again", async () => {
    const keep = vi.spyOn(city.log, "keepCheckpoint");
    const make = maker().make;
    await make();
    expect(keep, "an empty log has nothing to show").not.toHaveBeenCalled();
    city.append("one", "two");
    await Promise.all([make(), make()]);
    await make();
    expect(keep).toHaveBeenCalledTimes(1);
    const { origin, verifiers } = ownLog(city.registry);
    const kept = city.log.newest();
    const opened = openCheckpoint(kept?.note ?? "", origin, verifiers);
    expect(opened).toMatchObject({ ok: true, value: { checkpoint: { size: 2, root: city.log.rootAt(2) } } });
    expect(kept).toMatchObject({ size: 2, at: 1_000, cosigners: 0 });
  });

  it("is signed again after what could not be kept, and nobody has seen it meanwhile", async () => {
    city.append("one");
    const keep = vi.spyOn(city.log, "keepCheckpoint").mockResolvedValueOnce(err({ code: "log.full" }));
    const { make } = maker();
    await expect(make()).rejects.toMatchObject({ fault: { code: "log.full" } });
    expect(city.log.newest()).toBeUndefined();
    keep.mockRestore();
    await make();
    expect(city.log.newest()?.size).toBe(1);
  });

  it("is not signed by a key that the registry does not list for the log", async () => {
    city.append("one");
    const stranger = testKey();
    const { make } = maker({ signer: stranger.signer });
    await expect(make()).rejects.toMatchObject({ fault: { code: "log.key-not-listed" } });
    await expect(maker({ listed: () => undefined }).make()).rejects.toMatchObject({
      fault: { code: "log.key-not-listed" },
    });
    expect(city.log.newest()).toBeUndefined();
  });

  it("is kept in the order it grew, however slow a signature is", async () => {
    const slow = Promise.withResolvers<void>();
    const { keyId, suite, sign } = city.logKey.signer;
    const signer = { keyId, suite, sign: async (text: Uint8Array) => slow.promise.then(() => sign(text)) };
    const kept: number[] = [];
    const keepCheckpoint = async ({ size }: { size: number }) => {
      kept.push(size);
      return ok(undefined);
    };
    city.append("one");
    const { make } = maker({ signer, log: { head: city.log.head, keepCheckpoint } });
    const first = make();
    city.append("two");
    const second = make();
    slow.resolve();
    await Promise.all([first, second]);
    await make();
    expect(kept).toEqual([1, 2]);
  });
});
