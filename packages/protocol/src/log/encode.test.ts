import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeEntry, encodeEntry } from "./encode.ts";
import { logEntrySchema } from "./entry.ts";
import { leafHash } from "./merkle.ts";

const vectors = z
  .object({
    valid: z.array(z.object({ leaf: z.string(), leafHash: z.string() })),
    invalid: z.array(z.object({ why: z.string(), leaf: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vectors/log/entries.json", import.meta.url), "utf8")));

describe("audit entry", () => {
  it.each(vectors.valid)("reads $leaf", ({ leaf, leafHash: hash }) => {
    const bytes = Buffer.from(leaf, "utf8");
    expect(leafHash(bytes).toString("hex")).toBe(hash);
    const entry = decodeEntry(bytes);
    expect(entry).toEqual({ ok: true, value: JSON.parse(leaf) });
    if (entry.ok) expect(JSON.parse(encodeEntry(entry.value))).toEqual(JSON.parse(leaf));
  });

  it("has a vector of every kind", () => {
    const kinds = logEntrySchema.options.map(({ shape }) => shape.kind.value);
    const shown = vectors.valid.map(
      ({ leaf }) => z.object({ kind: z.string() }).parse(JSON.parse(leaf)).kind,
    );
    expect(new Set(shown)).toEqual(new Set(kinds));
  });

  it.each(vectors.invalid)("is not read when $why", ({ leaf }) => {
    expect(decodeEntry(Buffer.from(leaf, "utf8")).ok).toBe(false);
  });

  it("is not read from bytes that are not UTF-8, nor behind a byte order mark", () => {
    const leaf = Buffer.from(vectors.valid[1]?.leaf ?? "");
    const broken = Buffer.concat([leaf.subarray(0, 8), Buffer.of(0xff), leaf.subarray(8)]);
    const marked = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), leaf]);
    expect(decodeEntry(leaf).ok).toBe(true);
    expect(decodeEntry(broken)).toEqual({ ok: false, error: "leaf is not JSON in UTF-8" });
    expect(decodeEntry(marked)).toEqual({ ok: false, error: "leaf is not JSON in UTF-8" });
  });
});
