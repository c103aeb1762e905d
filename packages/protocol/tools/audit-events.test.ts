import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeEntry, entryMeanings, logEntrySchema } from "../src/log/index.ts";
import { auditEventsDocument, auditEventsPath, section } from "./audit-events.ts";

it("docs/audit-events.md is what the types of the log's entries say today", () => {
  expect(readFileSync(auditEventsPath, "utf8")).toBe(auditEventsDocument());
});

it.each(logEntrySchema.options.map((option) => ({ kind: option.shape.kind.value, option })))(
  "$kind is there with what it means in both languages, and with every field it has",
  ({ kind, option }) => {
    const text = section(option);
    expect(auditEventsDocument()).toContain(text);
    for (const part of [kind, entryMeanings[kind].zh, entryMeanings[kind].en]) expect(text).toContain(part);
    const own = Object.keys(option.shape).filter((name) => name !== "kind");
    for (const field of own) expect(auditEventsDocument()).toContain(`- \`${field}\``);
  },
);

describe("who acts, as the document says,", () => {
  const file = join(import.meta.dirname, "../vectors/log/entries.json");
  const { valid } = z
    .object({ valid: z.array(z.object({ leaf: z.string() })) })
    .parse(JSON.parse(readFileSync(file, "utf8")));

  it.each(valid)("is who acts in $leaf", ({ leaf }) => {
    const entry = decodeEntry(Buffer.from(leaf));
    if (!entry.ok) throw new Error(entry.error);
    const { actor } = entryMeanings[entry.value.kind];
    if (actor === "member") expect(entry.value.actor).not.toBeNull();
    if (actor === "gateway" || actor === "operator") expect(entry.value.actor).toBeNull();
    expect(["gateway", "operator", "member", "member-or-null"]).toContain(actor);
  });
});
