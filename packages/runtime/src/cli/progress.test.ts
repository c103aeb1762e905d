import { describe, expect, it } from "vitest";
import { createProgress } from "./progress.ts";

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe("progress into a file", () => {
  it("says when work begins, at each quarter once, and when it ends", () => {
    let now = 0;
    const plain = screen(false);
    const step = createProgress(plain, () => now).begin("files");
    for (let done = 1; done <= 100; done += 1) step.at(done, 100, `${done}`);
    now = 1_250;
    step.end("100 records");
    expect(plain.written).toEqual([
      "… files\n",
      "… files 25 % · 25\n",
      "… files 50 % · 50\n",
      "… files 75 % · 75\n",
      "✓ files 1.3 s · 100 records\n",
    ]);
  });
});

describe("progress on a terminal", () => {
  it("redraws what is under way and leaves what is done above it", () => {
    let now = 0;
    const live = screen(true);
    const progress = createProgress(live, () => now);
    const one = progress.begin("one");
    const other = progress.begin("other");
    now = 200;
    one.at(1, 2, "1 / 2");
    one.end();
    expect(live.written.at(-2)).toBe(
      `\u001b[2A\u001b[0J${"█".repeat(12)}${"░".repeat(12)}  50 % one · 1 / 2\n… other\n`,
    );
    expect(live.written.at(-1)).toBe("\u001b[2A\u001b[0J✓ one 0.2 s\n… other\n");
    other.end();
    expect(live.written.at(-1)).toBe("\u001b[1A\u001b[0J✓ other 0.2 s\n");
  });

  it("draws no more than ten times a second", () => {
    const live = screen(true);
    const step = createProgress(live, () => 0).begin("files");
    const before = live.written.length;
    for (let done = 0; done < 1_000; done += 1) step.at(done, 1_000);
    expect(live.written.length).toBe(before);
  });

  it("puts a remark above what is under way", () => {
    const live = screen(true);
    const progress = createProgress(live, () => 0);
    progress.begin("files");
    progress.say("remark");
    expect(live.written.at(-1)).toBe("\u001b[1A\u001b[0Jremark\n… files\n");
  });
});
