import { describe, expect, it } from "vitest";
import { generatePrivateJwk, publicOf, thumbprint } from "../keys/index.ts";
import { testMember } from "../testing/index.ts";
import { changesBetween, type Member } from "./index.ts";

const key = { jwk: publicOf(generatePrivateJwk()), notBefore: "2026-01-01T00:00:00Z" };
const next = { jwk: publicOf(generatePrivateJwk()), notBefore: "2026-02-01T00:00:00Z" };
const ended = { ...key, notAfter: "2026-03-01T00:00:00Z" };
const [keyId, nextId] = [thumbprint(key.jwk), thumbprint(next.jwk)];
const before = testMember({ keys: [key] });
const node = before.node;

describe("changesBetween", () => {
  it.each<[string, Member[], Member[], object[]]>([
    ["nothing", [before], [before], []],
    [
      "a member admitted",
      [],
      [before],
      [
        { node, change: "admitted" },
        { node, change: "key-added", keyId },
      ],
    ],
    ["one put to wait", [], [{ ...before, status: "pending", keys: [] }], [{ node, change: "pending" }]],
    ["a suspension", [before], [{ ...before, status: "suspended" }], [{ node, change: "suspended" }]],
    ["its end", [{ ...before, status: "suspended" }], [before], [{ node, change: "resumed" }]],
    ["a departure", [before], [{ ...before, status: "left" }], [{ node, change: "left" }]],
    ["a member gone from the list", [before], [], [{ node, change: "dropped" }]],
    [
      "another address",
      [before],
      [{ ...before, endpoint: "https://new.example" }],
      [{ node, change: "amended" }],
    ],
    [
      "a key that follows another",
      [before],
      [{ ...before, keys: [next, ended] }],
      [
        { node, change: "key-added", keyId: nextId },
        { node, change: "key-ended", keyId },
      ],
    ],
  ])("tells %s", (_name, old, now, changes) => {
    expect([...changesBetween({ members: old }, { members: now })]).toEqual(changes);
  });

  it("tells everyone of a first version", () => {
    expect([...changesBetween(undefined, { members: [before] })]).toHaveLength(2);
  });
});
