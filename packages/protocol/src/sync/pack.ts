import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { mostLineLength } from "./change.ts";
import { type Page, pageLength } from "./page.ts";

/** Most bytes of a page's lines before they are compressed; one line alone may have more. */
export const pageBytes = 512 * 1024;

const longest = pageBytes + 4 * mostLineLength;

/** A page as it stands in a message: its lines as NDJSON, gzip, base64; an empty line is one that was withheld. */
export const packedPageSchema = z.strictObject({
  head: z.string().max(64 * 1024),
  lines: z.base64(),
});
export type PackedPage = z.infer<typeof packedPageSchema>;

export function packPage({ head, lines }: Page): PackedPage {
  const text = lines.map((line) => line ?? "").join("\n");
  return { head, lines: gzipSync(text, { level: 1 }).toString("base64") };
}

/** Undefined for what is no page, or one that would unpack to more than a page has. */
export function unpackPage({ head, lines }: PackedPage): Page | undefined {
  try {
    const text = utf8.decode(gunzipSync(Buffer.from(lines, "base64"), { maxOutputLength: longest }));
    const all = text.split("\n");
    return all.length > pageLength
      ? undefined
      : { head, lines: all.map((line) => (line === "" ? null : line)) };
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
