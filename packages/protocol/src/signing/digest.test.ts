import { describe, expect, it } from "vitest";
import { readRfc9421Vectors } from "../testing/index.ts";
import { checkContentDigest, contentDigest } from "./index.ts";

const hello = Buffer.from('{"hello": "world"}');
const right = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
const code = (field: string | undefined, body: Uint8Array = hello) => {
  const checked = checkContentDigest(field, body);
  return checked.ok ? "ok" : checked.error.code;
};

describe("contentDigest", () => {
  it("is RFC 9530's own example", () => {
    expect(contentDigest(hello)).toBe(right);
  });

  it("names the empty body too", () => {
    expect(contentDigest(Buffer.alloc(0))).toBe("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
  });
});

describe("checkContentDigest", () => {
  it("accepts the digest of the body", () => {
    expect(code(right)).toBe("ok");
  });

  it("checks RFC 9421's sha-512 digests beside our sha-256, among them the corrected one of B.2.4", () => {
    const messages = readRfc9421Vectors().cases.flatMap(({ request, response }) => [
      { field: request.headers["content-digest"], body: request.body },
      ...(response ? [{ field: response.headers["content-digest"], body: Buffer.from(response.body) }] : []),
    ]);
    const digests = messages.filter(({ field }) => field !== undefined);
    expect(digests.length).toBeGreaterThan(5);
    for (const { field, body } of digests) {
      expect(code(`${contentDigest(body)}, ${field}`, body)).toBe("ok");
      expect(code(`${contentDigest(hello)}, ${field}`, Buffer.from("x"))).toBe("digest.mismatch");
    }
  });

  it("ignores algorithms it does not know beside the one it needs (RFC 9530 §5)", () => {
    expect(code(`unixsum=:AAAA:, ${right}`)).toBe("ok");
  });

  it.each([
    ["digest.missing", undefined],
    ["digest.malformed", ""],
    ["digest.malformed", "sha-256"],
    ["digest.malformed", "sha-256=("],
    ["digest.malformed", 'sha-256="X48E9"'],
    ["digest.malformed", "sha-512=:AAAA:"],
    ["digest.mismatch", "sha-256=:AAAA:"],
    ["digest.mismatch", `${right}, sha-512=:AAAA:`],
  ])("answers %s to %s", (expected, field) => {
    expect(code(field)).toBe(expected);
  });
});
