import { describe, expect, it, vi } from "vitest";
import { startThread, threadFile } from "./index.ts";

const file = threadFile(import.meta.url, "testing/echo-thread");

function start() {
  const aside = vi.fn();
  const thread = startThread<string, string>(file, {
    workerData: { echo: "here" },
    unasked(said) {
      if (said !== "by the way") return false;
      aside();
      return true;
    },
  });
  return { ...thread, aside };
}

describe("a thread", () => {
  it("says that it is open, replies in order, and hands on what it says in between", async () => {
    const { next, ask, end, aside } = start();
    expect(await Promise.all([next(), ask("one"), ask("two")])).toEqual(["open here", "one", "two"]);
    expect(aside).toHaveBeenCalledTimes(2);
    await end();
  });

  it.each([
    ["throws", "throw", "told to"],
    ["leaves", "leave", "the thread echo-thread.ts has ended"],
  ])("that %s fails whoever waits, and whoever asks afterwards, and says why", async (_, word, reason) => {
    const { next, ask, ended } = start();
    await next();
    const asked = await Promise.allSettled([ask("one"), ask(word), ask("two")]);
    expect(asked.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect((await ended).message).toBe(reason);
    await expect(ask("three")).rejects.toThrow(reason);
    await expect(next()).rejects.toThrow(reason);
  });

  it("that is ended fails whoever waits", async () => {
    const { next, ask, end } = start();
    const waiting = Promise.allSettled([next(), ask("one")]);
    await end();
    expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("is TypeScript beside source, and JavaScript in a package", () => {
    expect(threadFile("file:///a/src/b.ts", "c-thread").href).toBe("file:///a/src/c-thread.ts");
    expect(threadFile("file:///a/dist/b.js", "c-thread").href).toBe("file:///a/dist/c-thread.js");
  });
});
