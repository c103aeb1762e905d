import { unpackPage } from "@xinqiao/protocol/sync";
import { expect, it } from "vitest";
import { createPackedPages } from "./packed-pages.ts";

const page = (position: number, lines: readonly (string | null)[]) => ({ position, head: "h", lines });

it("packs what readers see alike once, and what one sees less of by itself", () => {
  const pack = createPackedPages();
  const whole = pack(page(1, ["a", "b"]));
  expect(pack(page(1, ["a", "b"]))).toBe(whole);
  const less = pack(page(1, ["a", null]));
  expect(unpackPage(less)?.lines).toEqual(["a", null]);
  expect(unpackPage(pack(page(2, ["c", "d"])))?.lines).toEqual(["c", "d"]);
});

it("holds some and no more", () => {
  const pack = createPackedPages();
  const first = pack(page(1, ["a"]));
  for (let position = 2; position <= 32; position += 1) pack(page(position, ["a"]));
  expect(pack(page(1, ["a"]))).toBe(first);
  pack(page(33, ["a"]));
  expect(pack(page(1, ["a"]))).not.toBe(first);
  expect(pack(page(1, ["a"]))).toEqual(first);
});
