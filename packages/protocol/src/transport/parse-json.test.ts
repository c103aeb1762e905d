import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseJson } from "./index.ts";

const schema = z.strictObject({ id: z.string(), nested: z.strictObject({ n: z.number() }).optional() });
const parse = (text: string | Uint8Array) => parseJson(Buffer.from(text), schema);

describe("parseJson", () => {
  it("gives what the schema makes of the bytes", () => {
    expect(parse('{"id":"信"}')).toEqual({ ok: true, value: { id: "信" } });
  });

  it.each<[string, string | Uint8Array]>([
    ["nothing", ""],
    ["half a value", '{"id":'],
    ["more than one value", '{"id":"a"}{}'],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ])("refuses %s as no JSON", (_, body) => {
    expect(parse(body)).toMatchObject({ error: { code: "request.json-invalid" } });
  });

  it("names the fields that do not fit and never their values", () => {
    const parsed = parse('{"id":11010519491231002,"nested":{"n":"440524188001010014"}}');
    expect(parsed).toEqual({
      ok: false,
      error: { code: "request.shape-invalid", facts: { fields: ["id", "nested.n"] } },
    });
    expect(parse("null")).toMatchObject({ error: { facts: { fields: ["(body)"] } } });
  });

  it("counts fields nobody knows without repeating their names, which may be anything", () => {
    const parsed = parse('{"id":"a","440524188001010014":1,"b":2}');
    expect(parsed).toEqual({ ok: false, error: { code: "request.field-unknown", facts: { count: 2 } } });
  });
});
