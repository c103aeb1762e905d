import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, splitLines } from "./lines.ts";

async function linesOf(chunks: readonly string[], limit = 1000): Promise<Line[]> {
  async function* all() {
    yield* chunks;
  }
  const lines: Line[] = [];
  for await (const line of splitLines(all(), limit)) lines.push(line);
  return lines;
}

describe("splitLines", () => {
  it("numbers lines from 1, whichever way they end", async () => {
    expect(await linesOf(["a\r\nb\n", "\nc\rd\r", "\ne"])).toEqual(
      ["a", "b", "", "c", "d", "e"].map((text, at) => ({ number: at + 1, text, overlong: false })),
    );
  });

  it("ends where the text ends", async () => {
    expect(await linesOf([])).toEqual([]);
    expect((await linesOf(["a\n"])).map(({ text }) => text)).toEqual(["a"]);
    expect((await linesOf(["a\r"])).map(({ text }) => text)).toEqual(["a"]);
  });

  it("cuts a line that never ends, and marks it", async () => {
    const lines = await linesOf(["ok\n", "x".repeat(900), "x".repeat(900), "x\nafter\n"], 1000);
    expect(lines.map(({ text, overlong }) => [text.length, overlong])).toEqual([
      [2, false],
      [1000, true],
      [5, false],
    ]);
  });

  it("does not depend on where the chunks are cut", async () => {
    const texts = fc.array(fc.constantFrom("a", "示", "\r", "\n", "\r\n", ""), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(texts, async (parts) => {
        expect(await linesOf(parts)).toEqual(await linesOf([parts.join("")]));
      }),
    );
  });
});
