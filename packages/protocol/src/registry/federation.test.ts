import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jurisdictionSchema } from "../identity/index.ts";
import { generatePrivateJwk, publicOf, thumbprint } from "../keys/index.ts";
import { testMember } from "../testing/index.ts";
import {
  createDirectory,
  createFederation,
  type Directory,
  isInForce,
  type Member,
  type PeerMembers,
  peerSchema,
} from "./index.ts";

const key = () => ({ jwk: publicOf(generatePrivateJwk()), notBefore: "2026-01-01T00:00:00Z" });
const idOf = ({ keys: [first] }: Member) => (first === undefined ? "" : thumbprint(first.jwk));
const member = (node: string, change: object = {}) => testMember({ node, keys: [key()], ...change });

function directoryOf(members: readonly Member[]): Directory {
  const directory = createDirectory({ version: 1, members: [...members] });
  if (!directory.ok) throw new Error(directory.error.join());
  return directory.value;
}

const peer = (change: object = {}) =>
  peerSchema.parse({
    city: "dgs",
    origin: "https://dongguan.example",
    keys: [thumbprint(key().jwk)],
    names: ["dg"],
    divisions: ["4419"],
    roles: ["district", "source-unit"],
    notBefore: "2026-01-01T00:00:00Z",
    ...change,
  });

function from(members: readonly Member[], change: object = {}): PeerMembers {
  return { peer: peer(change), members, directory: directoryOf(members) };
}

const answers = (node: string, jurisdiction: string, change: object = {}) =>
  member(node, {
    division: jurisdiction.slice(0, 4).padEnd(6, "0"),
    jurisdiction,
    endpoint: `https://${node}.example`,
    ...change,
  });

const own = [member("sz", { role: "city" }), answers("sz-baoan", "440306")];
const city = member("dgs", { role: "city", division: "441900" });
const chang = answers("dg-changan", "441901");

describe("a federation", () => {
  const federation = createFederation(directoryOf(own), [from([city, chang])]);

  it("knows the city's own members and those of its peers, and which way each is reached", () => {
    expect(federation.member(chang.node)).toEqual(chang);
    expect(federation.key(idOf(chang))?.member).toEqual(chang);
    expect(federation.jurisdictions()).toEqual(["440306", "441901"]);
    expect(federation.answering(jurisdictionSchema.parse("441901"))?.node).toBe("dg-changan");
    expect(federation.peerOf(chang.node)?.city).toBe("dgs");
    expect(federation.peerOf(city.node)?.city).toBe("dgs");
    for (const { node } of own) expect(federation.peerOf(node)).toBeUndefined();
  });

  it.each<[string, Member]>([
    ["of another division", answers("hz-huicheng", "441302")],
    ["of a role that was not agreed on", answers("dg-bank", "441902", { role: "credit-user" })],
    ["that would answer for what lies outside", answers("dg-far", "441903", { jurisdiction: "441302" })],
    [
      "for a place without a code that was not agreed on",
      answers("dg-songshan", "441904", { jurisdiction: "songshan" }),
    ],
    ["whose name is another's", answers("gz-changan", "441905")],
    ["that calls itself a city", member("dgx", { role: "city", division: "441900" })],
  ])("does not know a peer's member %s", (_name, stranger) => {
    const bounded = createFederation(directoryOf(own), [from([city, stranger])]);
    expect(bounded.member(stranger.node)).toBeUndefined();
    expect(bounded.key(idOf(stranger))).toBeUndefined();
    expect(bounded.jurisdictions()).toEqual(["440306"]);
  });

  it("lets no peer take the place of an own member, its key or its jurisdiction", () => {
    const bounds = { divisions: ["44"] };
    const false1 = member("sz-baoan", { division: "441900" });
    const false2 = answers("dg-thief", "440306", { division: "440306" });
    const taken = createFederation(directoryOf(own), [from([city, false1, false2], bounds)]);
    expect(taken.member(false1.node)).toEqual(own[1]);
    expect(taken.key(idOf(false1))).toBeUndefined();
    expect(taken.answering(jurisdictionSchema.parse("440306"))?.node).toBe("sz-baoan");
    const borrowed = { ...chang, keys: own[1]?.keys ?? [] };
    const shared = createFederation(directoryOf(own), [from([city, borrowed])]);
    expect(shared.key(idOf(borrowed))?.member.node).toBe("sz-baoan");
  });

  it("lets no peer take the names or the keys of another's members", () => {
    const huizhou = { city: "hz", names: ["hz"], divisions: ["4413"] };
    const theirs = [member("hz", { role: "city", division: "441300" }), answers("hz-huicheng", "441302")];
    const copied = answers("dg-copy", "441906", { keys: theirs[0]?.keys });
    const posing = answers("hz-bank", "441907");
    const two = createFederation(directoryOf(own), [from([city, copied, posing]), from(theirs, huizhou)]);
    expect(two.member(posing.node)).toBeUndefined();
    expect(two.key(idOf(copied), "hz")?.member.node).toBe("hz");
    expect(two.key(idOf(copied), "dg-copy")?.member.node).toBe("dg-copy");
  });

  it("never hands a node of one city to another's key, whatever members peers list", () => {
    const nodes = ["sz-baoan", "dg-a", "dg-b", "dgs"];
    const keys = Array.from({ length: 4 }, key);
    const anyMember = fc.record({
      node: fc.constantFrom(...nodes),
      division: fc.constantFrom("441900", "440306", "441300"),
      role: fc.constantFrom("district", "credit-user", "city"),
      key: fc.constantFrom(...keys),
    });
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 6 }), (listed) => {
        const members = listed.map(({ key: one, ...rest }) => testMember({ ...rest, keys: [one] }));
        const sound = createDirectory({ version: 1, members });
        fc.pre(sound.ok);
        const all = createFederation(directoryOf(own), [{ peer: peer(), members, directory: sound.value }]);
        for (const { jwk } of keys) {
          const known = all.key(thumbprint(jwk))?.member;
          if (known === undefined) continue;
          expect(all.member(known.node)).toBe(known);
          expect(known.division.startsWith("4419")).toBe(true);
          expect(known.role === "district" || known.node === "dgs").toBe(true);
        }
      }),
    );
  });
});

describe("an agreement between cities", () => {
  it("is in force from its first instant until before its last", () => {
    const agreed = peer({ notAfter: "2026-07-01T00:00:00Z" });
    const at = (instant: string) => isInForce(agreed, Date.parse(instant));
    expect(at("2025-12-31T23:59:59Z")).toBe(false);
    expect(at("2026-01-01T00:00:00Z")).toBe(true);
    expect(at("2026-06-30T23:59:59Z")).toBe(true);
    expect(at("2026-07-01T00:00:00Z")).toBe(false);
    expect(isInForce(peer(), Date.parse("2099-01-01T00:00:00Z"))).toBe(true);
  });
});
