import { describe, expect, it } from "vitest";
import { createRecentClaims } from "./recent-claims.ts";

const claim = (nonce: string, expiresAt = 1_000, keyId = "key") => ({ keyId, nonce, expiresAt });

describe("recent claims", () => {
  it("are known until they expire, each for its own key", () => {
    let clock = 0;
    const recent = createRecentClaims(10, () => clock);
    recent.add(claim("a"));
    expect([recent.has(claim("a")), recent.has(claim("b"))]).toEqual([true, false]);
    expect(recent.has(claim("a", 1_000, "another key"))).toBe(false);
    clock = 1_000;
    expect(recent.has(claim("a"))).toBe(true);
    clock = 1_001;
    expect(recent.has(claim("a"))).toBe(false);
  });

  it("are forgotten oldest first beyond the capacity", () => {
    const recent = createRecentClaims(4, () => 0);
    for (const nonce of ["a", "b", "c", "d", "e"]) recent.add(claim(nonce));
    const known = ["a", "b", "c", "d", "e"].filter((nonce) => recent.has(claim(nonce)));
    expect(known).toEqual(["c", "d", "e"]);
  });
});
