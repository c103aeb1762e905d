import type { Delivery, PackedPage } from "@xinqiao/protocol/sync";
import type { Mangle } from "./wire.ts";

type Pages = Delivery["pages"];

const torn = ({ lines, ...page }: PackedPage): PackedPage => ({
  ...page,
  lines: lines.slice(0, Math.max(4, (lines.length >> 3) << 2)),
});

/** One way of several to spoil pages, by the number given; an old page comes again, too. */
export function createMangle(seed: number, old: Pages): Mangle {
  const again = old.at(seed % Math.max(1, old.length));
  const ways: readonly ((pages: Pages) => Pages)[] = [
    (pages) => pages.map((page, at) => (at === seed % pages.length ? { ...page, ...torn(page) } : page)),
    (pages) => pages.filter((_, at) => at !== seed % pages.length),
    (pages) => (again === undefined ? pages : [again, ...pages]),
    (pages) => (again === undefined ? pages : [...pages, again]),
    (pages) => [...pages].reverse(),
    (pages) => pages.map((page) => ({ ...page, head: `${page.head.slice(0, -4)}AAAA` })),
  ];
  const way = ways[seed % ways.length];
  return {
    page: (page) => (seed % 2 === 0 ? torn(page) : { ...page, head: `${page.head.slice(0, -4)}AAAA` }),
    pages: (pages) => way?.(pages) ?? pages,
  };
}
