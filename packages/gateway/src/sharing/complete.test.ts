import { randomBytes } from "node:crypto";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { subscriptionSchema } from "@xinqiao/protocol/sync";
import { testFederation, testNow } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import { createMemoryAuditLog } from "../log/index.ts";
import { createCompleting } from "./index.ts";

const { directory, signer } = testFederation();
const [city, baoan] = ["sz", "sz-baoan"].map((node) => nodeIdSchema.parse(node));
const subscription = subscriptionSchema.parse({
  items: "all",
  jurisdictions: "all",
  subjectKinds: "all",
});

it("goes on until all that wait for one that is away do not any more, and lets others in between", async () => {
  if (city === undefined || baoan === undefined) throw new Error("no such members");
  const calls: unknown[] = [];
  const done = () => undefined;
  const completing = createCompleting({
    self: city,
    hub: {
      subscribers: () => [{ node: baoan, position: 1, subscription, isLapsed: true }],
      absentSince: () => [],
      setLapsed: done,
      durable: async () => undefined,
      setGone(node, isGone, after = 0) {
        calls.push([node, isGone, after]);
        setImmediate(() => calls.push("another"));
        return after < 2 ? after + 1 : undefined;
      },
      ...{ unannounced: () => [], announced: done, overdue: () => [], saidOverdue: done },
      ...{ acknowledged: () => [], keepStatement: done, complete: done },
    },
    directory: () => directory,
    signer: signer("sz"),
    log: createMemoryAuditLog({ origin: "sz/log", now: () => testNow, randomBytes }),
    now: () => testNow,
    today: () => "2026-01-01",
    lapsesAfterMs: 1,
  });
  await completing.complete();
  const turns = [0, 1, 2].map((after) => [baoan, true, after]);
  expect(calls).toEqual([turns[0], "another", turns[1], "another", turns[2]]);
});
