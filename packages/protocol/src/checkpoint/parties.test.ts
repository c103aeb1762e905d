import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { generatePrivateJwk, publicOf } from "../keys/index.ts";
import { noteKey } from "../note/index.ts";
import { logOrigin, logVerifiers, witnessesOf, witnessName } from "./index.ts";

const node = (text: string) => nodeIdSchema.parse(text);
const window = { notBefore: "2025-01-01T00:00:00Z", notAfter: "2026-01-01T00:00:00Z" };

describe("the keys", () => {
  it("of a log are its registry's: each under the log's origin, and no other", () => {
    const [one, two] = [publicOf(generatePrivateJwk()), publicOf(generatePrivateJwk("sm2"))];
    const verifiers = logVerifiers(node("sz"), [{ jwk: one }, { jwk: two }]);
    expect(verifiers.map(({ key }) => key)).toEqual([
      noteKey("signature", logOrigin(node("sz")), one),
      noteKey("signature", logOrigin(node("sz")), two),
    ]);
  });

  it("of witnesses are those of active members, each key under its member's name, within its window", () => {
    const key = () => ({ jwk: publicOf(generatePrivateJwk()), ...window });
    const [old, current] = [key(), key()];
    const others = (["pending", "suspended", "left"] as const).map((status) => ({
      node: node(`hz-${status}`),
      status,
      keys: [key()],
    }));
    const active = { node: node("dg"), status: "active" as const, keys: [old, current] };
    const name = witnessName(node("dg"));
    expect(witnessesOf([active, ...others])).toEqual(
      [old, current].map(({ jwk }) => ({
        member: "dg",
        key: noteKey("cosignature", name, jwk),
        ...window,
      })),
    );
  });
});
