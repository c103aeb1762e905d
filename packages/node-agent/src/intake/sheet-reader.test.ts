import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wholeElements } from "./sheet-reader.ts";

async function piecesOf(xml: string, size: number, endTag: "</si>" | "</row>" = "</si>"): Promise<string[]> {
  const bytes = Buffer.from(xml);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const pieces: string[] = [];
  for await (const piece of wholeElements(chunks(), endTag)) pieces.push(piece);
  return pieces;
}

describe("wholeElements", () => {
  it("cuts no character and no element in two, whatever the chunks", async () => {
    const texts = fc.array(fc.constantFrom("示例", "𠮷", "a", "&amp;", "法人及非法人组织"), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), async (parts, size) => {
        const xml = `<sst>${parts.map((text) => `<si><t>${text}</t></si>`).join("")}</sst>`;
        const pieces = await piecesOf(xml, size);
        expect(pieces.join("")).toBe(xml);
        for (const piece of pieces.slice(0, -1)) expect(piece.endsWith("</si>")).toBe(true);
      }),
    );
  });

  it.each([1, 7, 4096])("takes away how a text is pronounced, in chunks of %i bytes", async (size) => {
    const said = '<rPh sb="0" eb="2"><t>shì lì</t></rPh><phoneticPr fontId="1"/>';
    const xml = `<si><t>示例</t>${said}</si><si><t>公司</t></si>`;
    const left = '<si><t>示例</t><phoneticPr fontId="1"/></si><si><t>公司</t></si>';
    expect((await piecesOf(xml, size)).join("")).toBe(left);
  });

  it("joins the runs of an inline text, and of no two cells", async () => {
    const run = (text: string) =>
      `<r><rPr><b/></rPr><t xml:space="preserve">${text}</t></r><r><t>尾</t></r><r><rPr/><t>巴</t></r>`;
    const cells = `<row><c t="inlineStr"><is>${run("示例")}</is></c><c t="inlineStr"><is>${run("公司")}</is></c></row>`;
    const joined = (await piecesOf(cells, 16, "</row>")).join("");
    expect([...joined.matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(([, text]) => text)).toEqual([
      "示例尾巴",
      "公司尾巴",
    ]);
  });

  it("does not wait for an end that never comes", async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(1 << 20, "x");
    }
    const read = async () => {
      for await (const _ of wholeElements(endless(), "</row>")) expect.unreachable();
    };
    await expect(read()).rejects.toThrow(RangeError);
  });
});
