import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText, surveyEncoding } from "./encoding.ts";
import { gb18030 } from "./testing/gb18030.ts";

const text = "决定文书号,相对人名称\n示宝罚〔2024〕1号,示例科技有限公司\n";
const utf8 = Buffer.from(text);

function verdictOf(bytes: Uint8Array, chunkSize = bytes.length): string {
  const survey = surveyEncoding();
  for (let at = 0; at < bytes.length; at += chunkSize) survey.add(bytes.subarray(at, at + chunkSize));
  return survey.verdict();
}

async function decoded(bytes: Uint8Array, encoding: "utf-8" | "utf-8-bom" | "gb18030", chunkSize: number) {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  let all = "";
  for await (const part of decodeText(chunks(), encoding)) all += part;
  return all;
}

describe("surveyEncoding", () => {
  it.each([1, 2, 3, 7, 4096])("tells encodings apart whatever the chunk, here %i bytes", (size) => {
    expect(verdictOf(utf8, size)).toBe("utf-8");
    expect(verdictOf(Buffer.from(`\uFEFF${text}`), size)).toBe("utf-8-bom");
    expect(verdictOf(gb18030(text), size)).toBe("gb18030");
  });

  it("is not deceived by a long head of ASCII", () => {
    const head = Buffer.alloc(200_000, "CF_WSH,");
    expect(verdictOf(Buffer.concat([head, gb18030("示例")]), 65_536)).toBe("gb18030");
    expect(verdictOf(head)).toBe("utf-8");
    expect(verdictOf(new Uint8Array())).toBe("utf-8");
  });

  it("keeps to UTF-8 when a few bytes are damaged", () => {
    const damaged = Buffer.from(utf8);
    damaged[1] = 0xff;
    expect(verdictOf(damaged)).toBe("utf-8");
  });

  it("knows GB18030 text of any common characters", () => {
    const common = fc.array(fc.integer({ min: 0x4e00, max: 0x9fa5 }), { minLength: 8, maxLength: 60 });
    fc.assert(
      fc.property(common, (points) => {
        const chinese = points.map((point) => String.fromCodePoint(point)).join("");
        expect(verdictOf(gb18030(chinese))).toBe("gb18030");
        expect(verdictOf(Buffer.from(chinese))).toBe("utf-8");
      }),
    );
  });
});

describe("decodeText", () => {
  it("puts characters together across chunk borders", async () => {
    for (const size of [1, 2, 3, 5]) {
      expect(await decoded(utf8, "utf-8", size)).toBe(text);
      expect(await decoded(Buffer.from(`\uFEFF${text}`), "utf-8-bom", size)).toBe(text);
      expect(await decoded(gb18030(`${text}𠮷`), "gb18030", size)).toBe(`${text}𠮷`);
    }
  });

  it("marks what cannot be decoded", async () => {
    expect(await decoded(Buffer.from([0x61, 0xff, 0x62]), "utf-8", 1)).toBe("a\uFFFDb");
    expect(await decoded(Buffer.from([0x61, 0xe7]), "utf-8", 1)).toBe("a\uFFFD");
  });
});
