import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { judgeQuorum, quorumPolicySchema } from "./index.ts";

const city = nodeIdSchema.parse("sz");
const by = (...members: readonly string[]) =>
  members.map((member) => ({ member: nodeIdSchema.parse(member) }));

describe("a quorum", () => {
  it.each([
    ["nobody", by(), 1, false, [], 1],
    ["one of two", by("dg"), 2, false, ["dg"], 1],
    ["two of two", by("sz-baoan", "dg"), 2, true, ["dg", "sz-baoan"], 0],
    ["more than are asked for", by("sz-baoan", "dg", "hz"), 2, true, ["dg", "hz", "sz-baoan"], 0],
    ["one member with two keys", by("dg", "dg"), 2, false, ["dg"], 1],
    ["the log's own city", by("sz", "dg"), 2, false, ["dg"], 1],
    ["the log's own city alone", by("sz"), 1, false, [], 1],
    ["nobody where nobody is asked for", by(), 0, true, [], 0],
  ] as const)("of %s", (_, cosignatures, quorum, reached, members, missing) => {
    expect(judgeQuorum(city, cosignatures, { quorum })).toEqual({ reached, members, missing });
  });

  it("never falls with another cosignature, nor rises with the city's or a member's second", () => {
    const names = fc.array(fc.constantFrom("sz", "dg", "hz", "sz-baoan", "sz-nanshan"));
    fc.assert(
      fc.property(names, fc.constantFrom("sz", "dg", "hz"), fc.nat(5), (some, another, quorum) => {
        const before = judgeQuorum(city, by(...some), { quorum });
        const after = judgeQuorum(city, by(...some, another), { quorum });
        const counts = another !== city && !some.includes(another);
        expect(after.members.length).toBe(before.members.length + (counts ? 1 : 0));
        expect(before.reached && !after.reached).toBe(false);
        expect(before.reached).toBe(before.missing === 0);
      }),
    );
  });

  it.each([-1, 1.5, "2"])("is not %j", (quorum) => {
    expect(quorumPolicySchema.safeParse({ quorum }).success).toBe(false);
  });
});
