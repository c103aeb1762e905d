export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** The line went on past the limit; the rest of it was dropped. */
  readonly overlong: boolean;
}

/**
 * Cuts text into physical lines, whichever way they end, holding no more than one line and one chunk.
 * A line longer than `limit` characters is cut off and marked, so that a file without line ends cannot
 * fill the memory.
 */
export async function* splitLines(chunks: AsyncIterable<string>, limit: number): AsyncGenerator<Line> {
  let number = 0;
  let rest = "";
  let overlong = false;
  const line = (text: string): Line => {
    const cut = overlong || text.length > limit;
    overlong = false;
    number += 1;
    return { number, text: text.slice(0, limit), overlong: cut };
  };
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? "";
    for (const part of parts) yield line(part);
    if (rest.length > limit) {
      overlong = true;
      rest = rest.slice(0, limit);
    }
  }
  if (rest.endsWith("\r")) yield line(rest.slice(0, -1));
  else if (rest !== "") yield line(rest);
}
