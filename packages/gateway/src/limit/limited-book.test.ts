import { nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLimitedBook } from "./limited-book.ts";

const baoan = nodeIdSchema.parse("sz-baoan");

describe("limited book", () => {
  let written: LogEntryDraft[];
  let takes: boolean;
  const book = () =>
    createLimitedBook(
      async (draft) => {
        if (takes) written.push(draft);
        return takes;
      },
      () => Date.now(),
      10_000,
    );

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    written = [];
    takes = true;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("writes one entry a member and interval, with their number and span", async () => {
    const { note } = book();
    note(baoan);
    await vi.advanceTimersByTimeAsync(3_000);
    note(baoan);
    note(null);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toMatchObject([
      {
        kind: "requests.limited",
        member: baoan,
        count: 2,
        from: "1970-01-01T00:00:00.000Z",
        to: "1970-01-01T00:00:10.000Z",
      },
      { kind: "requests.limited", member: null, count: 1 },
    ]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(2);
  });

  it("loses no count to a log that takes nothing for a while", async () => {
    const { note } = book();
    takes = false;
    note(baoan);
    await vi.advanceTimersByTimeAsync(10_000);
    note(baoan);
    takes = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toMatchObject([{ count: 2, from: "1970-01-01T00:00:00.000Z" }]);
  });

  it("writes what is pending when it is told to", async () => {
    const { note, flush } = book();
    note(null);
    await flush();
    expect(written).toMatchObject([{ member: null, count: 1 }]);
  });
});
