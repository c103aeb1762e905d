import { isUtf8 } from "node:buffer";
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
  return { head, lines: gzipSync(joined(lines), { level: 1 }).toString("base64") };
}

/** Into one buffer at once: as one text, a page of half a megabyte takes longer to join than to compress. */
function joined(lines: Page["lines"]): Buffer {
  const size = lines.reduce((sum, line) => sum + Buffer.byteLength(line ?? "") + 1, 0);
  const bytes = Buffer.allocUnsafe(size);
  let end = 0;
  for (const line of lines) {
    end += bytes.write(line ?? "", end);
    end = bytes.writeUInt8(lineFeed, end);
  }
  return bytes.subarray(0, -1);
}

/** Undefined for what is no page, or one that would unpack to more than a page has. */
export function unpackPage({ head, lines }: PackedPage): Page | undefined {
  try {
    const options = { maxOutputLength: longest, chunkSize: pageBytes };
    const all = linesOf(gunzipSync(Buffer.from(lines, "base64"), options));
    return all && { head, lines: all };
  } catch {
    return undefined;
  }
}

/** Line by line, for the same reason. Undefined for what is no text, or has too many lines. */
function linesOf(bytes: Buffer): Page["lines"] | undefined {
  if (!isUtf8(bytes)) return undefined;
  const lines: (string | null)[] = [];
  for (let from = 0; from <= bytes.length; ) {
    if (lines.length === pageLength) return undefined;
    const found = bytes.indexOf(lineFeed, from);
    const end = found < 0 ? bytes.length : found;
    lines.push(end === from ? null : bytes.toString("utf8", from, end));
    from = end + 1;
  }
  return lines;
}

const lineFeed = 0x0a;
