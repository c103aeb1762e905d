import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { codes, isCode, remedyOf } from "../src/problem/index.ts";
import { entry, errorsDocPath, errorsDocument } from "./errors-doc.ts";

it("docs/errors.md is what the table of codes says today", () => {
  expect(readFileSync(errorsDocPath, "utf8")).toBe(errorsDocument());
});

it.each(Object.keys(codes).filter(isCode))(
  "%s is listed with what it means and what to do, in both languages",
  (code) => {
    expect(errorsDocument()).toContain(entry(code));
    for (const text of [codes[code].zh, codes[code].en, remedyOf(code).zh, remedyOf(code).en]) {
      expect(entry(code)).toContain(text);
    }
  },
);
