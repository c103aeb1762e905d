import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { expect, it } from "vitest";
import { createOneWait } from "./one-wait.ts";
import { createTakenSignal } from "./taken-signal.ts";

const never = new AbortController().signal;
const long = 60_000;

it("ends a member's wait when it asks again, and nobody else's", async () => {
  const signal = createTakenSignal();
  const until = createOneWait(signal);
  const over: string[] = [];
  const wait = (name: string, node: string) =>
    until(nodeIdSchema.parse(node), long, never).then(() => void over.push(name));
  const first = wait("first of dg", "dg");
  const other = wait("of hz", "hz");
  const second = wait("second of dg", "dg");
  await first;
  expect(over).toEqual(["first of dg"]);
  signal.taken();
  await Promise.all([other, second]);
  expect(over.toSorted()).toEqual(["first of dg", "of hz", "second of dg"]);
});
