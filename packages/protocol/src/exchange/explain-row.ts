import { codes } from "../problem/index.ts";
import { gapTexts } from "./answer.ts";
import type { OpenedExchange } from "./exchange.ts";

type OpenedRow = OpenedExchange["results"][number];

/** What a row says besides its records, for people: which items are held, why there is none, and what is missing. */
export function explainRow({
  code,
  gaps = [],
  held = [],
}: Pick<OpenedRow, "code" | "gaps" | "held">): string {
  return [
    ...held.map((item) => `${item}: 有记录 held`),
    ...(code === undefined ? [] : [`${codes[code].zh} ${code}`]),
    ...gaps.map(({ item, reason }) => `${item}: ${gapTexts[reason].zh} ${gapTexts[reason].en}`),
  ].join("\n");
}

/** Which node a row is of, and through which other city it was asked. */
export function nodeOfRow({ node, via }: Pick<OpenedRow, "node" | "via">): string {
  return via === undefined ? node : `${node}\n经 via ${via}`;
}
