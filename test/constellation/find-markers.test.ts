import { describe, expect, it } from "vitest";
import { findMarkers } from "./find-markers.ts";

const marker = "封缄示例A7";

/** A marker amid other text, as a file or a process may have it. */
const ways: readonly (readonly [string, (text: string) => Buffer])[] = [
  ["as it stands", (text) => Buffer.from(text)],
  ["in UTF-16", (text) => Buffer.from(text, "utf16le")],
  ["in base64", (text) => Buffer.from(Buffer.from(text).toString("base64"))],
  ["in base64url", (text) => Buffer.from(Buffer.from(text).toString("base64url"))],
  [
    "in base64url twice",
    (text) => Buffer.from(Buffer.from(Buffer.from(text).toString("base64url")).toString("base64url")),
  ],
  [
    "escaped",
    (text) =>
      Buffer.from(
        text
          .replaceAll("封", "\\u5C01")
          .replaceAll("缄", "\\u7F04")
          .replaceAll("示", "\\u793A")
          .replaceAll("例", "\\u4F8B"),
      ),
  ],
];

describe("the search for markers", () => {
  it.each(ways)("finds one %s, wherever it begins, and no other", (_, way) => {
    for (const before of ["", "x", "xy", "xyz", "x".repeat(10)]) {
      const bytes = Buffer.concat([Buffer.alloc(3, 0xff), way(`${before}${marker}…`)]);
      expect(findMarkers(bytes, ["封缄示例B7", marker])).toEqual([marker]);
    }
  });
});
