import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import { expect, it } from "vitest";
import { createTrustedCopy } from "./trusted-copy.ts";

const dg = nodeIdSchema.parse("dg");
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");

it("asks of a page of a doubted source only whether that source is whole, not how far everybody is", () => {
  let standings = 0;
  let isWhole = false;
  const source = { source: dg, feed, upTo: 1, isWhole: true, at: 1000 };
  const hub = {
    told: () => undefined,
    tellers: () => [{ node: dg, at: 1000 }],
    about: () => [],
    stands: () => false,
    readTogether: <T>(read: () => T) => read(),
    has: () => false,
    isWhole: () => isWhole,
    past: () => ({ place: { feed, upTo: 2, head: "b" }, took: () => true, knows: () => true }),
    standing() {
      standings += 1;
      return { newest: 1, sources: [source], subscribers: [] };
    },
  };
  const { copy, heard } = createTrustedCopy(hub, [{ source: dg, feed, upTo: 2, head: "b", at: 1000 }]);
  heard(dg, { feed, hash: "b" });
  expect(copy.tellers(), "it is doubted yet").toEqual([]);
  isWhole = true;
  heard(dg, { feed, hash: "b" });
  expect(copy.tellers()).toHaveLength(1);
  expect(standings).toBe(1);
});
