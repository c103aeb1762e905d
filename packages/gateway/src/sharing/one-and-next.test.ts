import { expect, it } from "vitest";
import { createOneAndNext } from "./one-and-next.ts";

it("does its work once for all who ask while it is done, after they have asked, and goes on after a failure", async () => {
  const ends: PromiseWithResolvers<void>[] = [];
  const ask = createOneAndNext(() => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(ends).toHaveLength(1);
  ends[0]?.reject(new Error("no disk"));
  await expect(first).rejects.toThrow("no disk");
  await new Promise(setImmediate);
  expect(ends).toHaveLength(2);
  const later = ask();
  ends[1]?.resolve();
  await Promise.all(others);
  await new Promise(setImmediate);
  expect(ends).toHaveLength(3);
  ends[2]?.resolve();
  await later;
  const last = ask();
  expect(ends).toHaveLength(4);
  ends[3]?.resolve();
  await last;
});
