import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTraceparent, nextHop, parseTraceparent } from "./index.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";
const field = `00-${traceId}-${parentId}-01`;

describe("parseTraceparent", () => {
  it("reads the recommendation's own example", () => {
    expect(parseTraceparent(field)).toEqual({ traceId, parentId, sampled: true });
    expect(parseTraceparent(`00-${traceId}-${parentId}-00`)).toEqual({ traceId, parentId, sampled: false });
  });

  it("reads only the bit it knows of the flags", () => {
    expect(parseTraceparent(`00-${traceId}-${parentId}-fe`)).toMatchObject({ sampled: false });
    expect(parseTraceparent(`00-${traceId}-${parentId}-ff`)).toMatchObject({ sampled: true });
  });

  it("reads a later version as far as it knows it", () => {
    expect(parseTraceparent(`cc-${traceId}-${parentId}-01-what-comes`)).toEqual({
      traceId,
      parentId,
      sampled: true,
    });
  });

  it.each([
    ["nothing", undefined],
    ["an empty field", ""],
    ["the forbidden version", `ff-${traceId}-${parentId}-01`],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${parentId}-01`],
    ["a parent id of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["upper case", `00-${traceId.toUpperCase()}-${parentId}-01`],
    ["a short trace id", `00-${traceId.slice(1)}-${parentId}-01`],
    ["more than version 00 has", `${field}-more`],
    ["something run on", `cc-${traceId}-${parentId}-01.more`],
    ["two fields joined", `${field}, ${field}`],
    ["a line after it", `cc-${traceId}-${parentId}-01-a\nb`],
  ])("takes %s for absent", (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it("reads back whatever it writes, and never throws", () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
    const id = (length: number) => hex(length).filter((text) => /[^0]/.test(text));
    fc.assert(
      fc.property(id(32), id(16), fc.boolean(), (trace, parent, sampled) => {
        const context = { traceId: trace, parentId: parent, sampled };
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => parseTraceparent(text) === undefined));
  });
});

describe("nextHop", () => {
  const randomHex = (bytes: number) => "5a".repeat(bytes);

  it("keeps the caller's trace and puts itself in as the parent", () => {
    expect(nextHop(`00-${traceId}-${parentId}-00`, randomHex)).toEqual({
      traceId,
      parentId: "5a".repeat(8),
      sampled: false,
    });
  });

  it("starts a trace of its own when there is none to keep", () => {
    expect(nextHop("nonsense", randomHex)).toEqual({
      traceId: "5a".repeat(16),
      parentId: "5a".repeat(8),
      sampled: true,
    });
  });
});
