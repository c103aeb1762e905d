/** How a file's text is written. `utf-8-bom` is UTF-8 that says so itself. */
export type Encoding = "utf-8" | "utf-8-bom" | "gb18030";

export interface EncodingSurvey {
  add(chunk: Uint8Array): void;
  /** Call once, after the last chunk. */
  verdict(): Encoding;
}

const byteOrderMark = [0xef, 0xbb, 0xbf];
const replacement = 0xfffd;
/** From here on a character takes three bytes or more in UTF-8; all Chinese is here. */
const wide = 0x0800;

/**
 * Reads a whole file once to tell UTF-8 from GB18030: a head of plain ASCII says nothing about the rest.
 * Text of one encoding read as the other is nearly all replacement characters, so the majority decides,
 * and a few damaged bytes cost their own rows instead of turning every name in the file into nonsense.
 */
export function surveyEncoding(): EncodingSurvey {
  const decoder = new TextDecoder("utf-8");
  const head: number[] = [];
  let damaged = 0;
  let sound = 0;
  const count = (text: string) => {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === replacement) damaged += 1;
      else if (unit >= wide) sound += 1;
    }
  };
  return {
    add(chunk) {
      if (head.length < 3) head.push(...chunk.subarray(0, 3 - head.length));
      count(decoder.decode(chunk, { stream: true }));
    },
    verdict() {
      count(decoder.decode());
      if (byteOrderMark.every((byte, at) => head[at] === byte)) return "utf-8-bom";
      return damaged > sound ? "gb18030" : "utf-8";
    },
  };
}

/** Decodes bytes to text across chunk borders. Undecodable bytes become U+FFFD, which no column accepts. */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding === "gb18030" ? "gb18030" : "utf-8");
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
