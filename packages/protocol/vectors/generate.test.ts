import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { vectorFiles } from "./generate.ts";
import { signDeterministically } from "./making/rfc6979.ts";
import { published, recomputed } from "./making/sm2-signatures.ts";

describe("the vectors", () => {
  it.each(vectorFiles)("$name is what generate.ts makes", ({ path, text }) => {
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});

describe("the vectors' ECDSA", () => {
  const d = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n;

  it.each([
    [
      "sample",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ],
    [
      "test",
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ],
  ])("signs %s as RFC 6979 A.2.5 does", (message, r, s) => {
    const signature = signDeterministically(Buffer.from(message), d);
    expect(Buffer.from(signature).toString("hex")).toBe(r + s);
  });
});

describe("the vectors' SM2", () => {
  it("makes key, Z, e, r and s of GB/T 32918.5 A.2 as they are printed there", () => {
    expect(recomputed()).toEqual(published);
  });
});
