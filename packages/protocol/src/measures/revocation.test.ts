import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { testFederation, testNow } from "../testing/index.ts";
import {
  mayAnswer,
  openRevocationAnswer,
  openRevocationNotice,
  type RevocationNotice,
  revocationDoneSchema,
  signRevocationAnswer,
  signRevocationNotice,
} from "./index.ts";

const { directory, signer } = testFederation();
const [sz, dg, hz] = ["sz", "dg", "hz"].map((node) => nodeIdSchema.parse(node));
if (sz === undefined || dg === undefined || hz === undefined) throw new Error("no such members");
const hash = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const iat = testNow / 1000;
const notice: RevocationNotice = {
  iss: sz,
  iat,
  member: dg,
  report: hash,
  exchange: "1f0c1f3e-5d0f-4b8e-9a51-6c5e2f3a7b10",
  source: nodeIdSchema.parse("sz-baoan"),
  record: "penalty:示罚〔2026〕1号",
  matter: "2026-0042",
  effect: "repaired",
  dueOn: "2026-01-06",
};
const done = { notice: hash, outcome: "revoked", on: "2026-01-02" };

describe("a notice of revocation", () => {
  it("opens for its city, signed by nobody else", async () => {
    expect(openRevocationNotice(await signRevocationNotice(notice, signer("sz")), sz, directory)).toEqual(
      notice,
    );
    const forged = await signRevocationNotice(notice, signer("hz"));
    expect(openRevocationNotice(forged, sz, directory)).toBeUndefined();
  });
});

describe("an answer to one", () => {
  it("opens for its member, signed by nobody else", async () => {
    const answer = { ...revocationDoneSchema.parse(done), iss: dg, iat };
    const text = await signRevocationAnswer(answer, signer("dg"));
    expect(openRevocationAnswer(text, dg, directory)).toEqual(answer);
    expect(openRevocationAnswer(text, hz, directory)).toBeUndefined();
    const forged = await signRevocationAnswer(answer, signer("hz"));
    expect(openRevocationAnswer(forged, dg, directory)).toBeUndefined();
    expect(openRevocationNotice(text, dg, directory), "another kind of word").toBeUndefined();
  });

  it("says why what is kept is kept", () => {
    expect(revocationDoneSchema.safeParse({ ...done, outcome: "kept" }).success).toBe(false);
    expect(revocationDoneSchema.safeParse({ ...done, outcome: "kept", reason: "示例" }).success).toBe(true);
  });

  it.each([
    [undefined, "kept", true],
    [undefined, "revoked", true],
    ["kept", "revoked", true],
    ["kept", "kept", true],
    ["revoked", "revoked", true],
    ["revoked", "kept", false],
  ] as const)("after %s may be %s: %s", (before, now, may) => {
    expect(mayAnswer(before, now)).toBe(may);
  });
});
