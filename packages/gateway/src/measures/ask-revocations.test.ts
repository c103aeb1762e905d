import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { testFederation, testNow } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import { createAsking } from "./ask-revocations.ts";

it("lets others go in between when much has ended at once", async () => {
  const between: number[] = [];
  let left = 3;
  const asking = createAsking({
    self: nodeIdSchema.parse("sz"),
    revocations: {
      noteEnded() {
        setImmediate(() => between.push(left));
        left -= 1;
        return left;
      },
      unsigned: () => [],
      signed: () => undefined,
      unannounced: () => [],
      announced: () => undefined,
      overdue: () => [],
      saidOverdue: () => undefined,
    },
    durable: async () => undefined,
    signer: testFederation().signer("sz"),
    log: { append: () => Promise.reject(new Error("nothing to say")) },
    now: () => testNow,
    today: () => "2026-01-01",
    dueOn: () => "2026-01-02",
    onAsked: () => undefined,
  });
  await asking.ask();
  expect(between, "after the first turn, and after the second").toEqual([2, 1]);
});
