import { type PackedPage, packPage } from "@xinqiao/protocol/sync";

/** A page as one reader sees it. */
export interface VisiblePage {
  readonly position: number;
  readonly head: string;
  readonly lines: readonly (string | null)[];
}

/** Packs pages, once for all readers that see the same lines of them. */
export type PackPage = (page: VisiblePage) => PackedPage;

/** Those that readers ask for about now. */
const most = 32;

/** A line never changes: which of them are there says all. */
export function createPackedPages(): PackPage {
  const held = new Map<string, PackedPage>();
  return ({ position, head, lines }) => {
    const key = `${position}:${lines.map((line) => (line === null ? 0 : 1)).join("")}`;
    const known = held.get(key);
    if (known !== undefined) return known;
    const packed = packPage({ head, lines });
    for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - most + 1))) held.delete(oldest);
    held.set(key, packed);
    return packed;
  };
}
