import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commit, commitmentKeyBytes, opens } from "./commitment.ts";

const key = fc.uint8Array({ minLength: commitmentKeyBytes, maxLength: commitmentKeyBytes });

describe("commitment", () => {
  it("is HMAC-SHA256 as the platform computes it", () => {
    fc.assert(
      fc.property(key, fc.string({ unit: "binary", maxLength: 300 }), (secret, value) => {
        const expected = createHmac("sha256", secret).update(value, "utf8").digest("base64url");
        expect(commit(secret, value)).toBe(expected);
      }),
    );
  });

  it("opens with its own key and value only", () => {
    const secret = randomBytes(commitmentKeyBytes);
    const commitment = commit(secret, "uscc:A");
    expect(opens(commitment, { key: secret, value: "uscc:A" })).toBe(true);
    expect(opens(commitment, { key: secret, value: "uscc:B" })).toBe(false);
    expect(opens(commitment, { key: randomBytes(commitmentKeyBytes), value: "uscc:A" })).toBe(false);
    expect(opens(commitment, { key: secret.subarray(1), value: "uscc:A" })).toBe(false);
    expect(opens(commitment.slice(1), { key: secret, value: "uscc:A" })).toBe(false);
  });

  it.each([0, 31, 33, 64])("takes no key of %i bytes", (length) => {
    expect(() => commit(new Uint8Array(length), "value")).toThrow("32 bytes");
  });
});
