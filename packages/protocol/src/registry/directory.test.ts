import { describe, expect, it } from "vitest";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { generatePrivateJwk, publicOf, thumbprint } from "../keys/index.ts";
import { createDirectory, type MemberList, memberListSchema, memberSchema } from "./index.ts";

const key = () => ({ jwk: publicOf(generatePrivateJwk()), notBefore: "2026-01-01T00:00:00Z" });

const district = {
  node: "sz-baoan",
  name: { zh: "示例区平台", en: "Example district" },
  role: "district",
  division: "440306",
  jurisdiction: "440306",
  endpoint: "https://sz-baoan.example",
  keys: [key()],
  scope: { items: "all", purposes: "all" },
  status: "active",
};
const bank = {
  node: "sz-bank",
  name: { zh: "示例银行", en: "Example bank" },
  role: "credit-user",
  division: "440300",
  keys: [key()],
  scope: { items: ["penalty"], purposes: ["lending"] },
  status: "active",
};

const listOf = (...members: object[]): MemberList => memberListSchema.parse({ version: 7, members });

describe("createDirectory", () => {
  it("finds a member by node, by key and by jurisdiction", () => {
    const directory = createDirectory(listOf(district, bank));
    if (!directory.ok) throw new Error(directory.error.join());
    const { value } = directory;
    expect(value.version).toBe(7);
    expect(value.member(nodeIdSchema.parse("sz-bank"))?.role).toBe("credit-user");
    expect(value.answering(jurisdictionSchema.parse("440306"))?.node).toBe("sz-baoan");
    expect(value.jurisdictions()).toEqual(["440306"]);
    const known = value.key(thumbprint(bank.keys[0]?.jwk ?? key().jwk));
    expect(known?.member.node).toBe("sz-bank");
    expect(known?.notBefore).toBe(Date.parse("2026-01-01T00:00:00Z"));
    expect(known?.notAfter).toBe(Number.POSITIVE_INFINITY);
  });

  it("knows nothing it was not told, not even what every object has", () => {
    const directory = createDirectory(listOf(district));
    if (!directory.ok) throw new Error(directory.error.join());
    expect(directory.value.key("constructor")).toBeUndefined();
    expect(directory.value.member(nodeIdSchema.parse("constructor"))).toBeUndefined();
    expect(directory.value.answering(jurisdictionSchema.parse("441900"))).toBeUndefined();
  });

  it("keeps a retired key with the end of its window", () => {
    const retired = { ...key(), notAfter: "2026-06-30T00:00:00Z" };
    const directory = createDirectory(listOf({ ...district, keys: [retired, key()] }));
    if (!directory.ok) throw new Error(directory.error.join());
    expect(directory.value.key(thumbprint(retired.jwk))?.notAfter).toBe(Date.parse("2026-06-30T00:00:00Z"));
  });

  const encryptionKey = {
    jwk: publicOf(generatePrivateJwk("es256")),
    notBefore: "2026-01-01T00:00:00Z",
  };
  const offCurve = {
    jwk: { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) },
    notBefore: "2026-01-01T00:00:00Z",
  };

  it.each([
    [
      "a member listed twice",
      [district, { ...district, keys: [key()] }],
      ["sz-baoan is listed twice", "440306 is answered by"],
    ],
    [
      "a jurisdiction answered twice",
      [district, { ...bank, jurisdiction: "440306", endpoint: "https://b.example" }],
      ["440306 is answered by sz-baoan and sz-bank"],
    ],
    [
      "a member that answers and cannot be reached",
      [{ ...district, endpoint: undefined }],
      ["sz-baoan answers but has no endpoint"],
    ],
    [
      "a key of two members",
      [district, { ...bank, keys: district.keys }],
      ["is listed for sz-baoan and sz-bank"],
    ],
    [
      "an encryption key of two members, of whom each could read what the other is told",
      [
        { ...district, encryptionKeys: [encryptionKey] },
        { ...bank, encryptionKeys: [encryptionKey] },
      ],
      ["is listed for sz-baoan and sz-bank"],
    ],
    [
      "an encryption key that signs as well",
      [{ ...district, keys: [encryptionKey], encryptionKeys: [encryptionKey] }],
      ["is listed for sz-baoan and sz-baoan"],
    ],
    [
      "an encryption key off the curve",
      [{ ...district, encryptionKeys: [offCurve] }],
      ["sz-baoan: public key is not usable"],
    ],
    ["a key off the curve", [{ ...district, keys: [offCurve] }], ["sz-baoan: public key is not usable"]],
  ])("refuses %s", (_, members, faults) => {
    const directory = createDirectory(listOf(...members));
    if (directory.ok) throw new Error("the list was accepted");
    expect(directory.error).toHaveLength(faults.length);
    for (const [index, text] of faults.entries()) expect(directory.error[index]).toContain(text);
  });

  it("names every fault of a list at once", () => {
    const directory = createDirectory(
      listOf({ ...district, endpoint: undefined }, { ...bank, keys: [offCurve] }),
    );
    expect(directory).toMatchObject({ ok: false, error: { length: 2 } });
  });
});

describe("memberSchema", () => {
  it.each(["https://sz-baoan.example", "http://127.0.0.1:8443", "http://[::1]:8443"])(
    "takes %s as an endpoint",
    (endpoint) => {
      expect(memberSchema.safeParse({ ...district, endpoint }).success).toBe(true);
    },
  );

  it.each([
    "https://sz-baoan.example/",
    "https://sz-baoan.example/api",
    "https://a:b@sz.example",
    "ftp://sz.example",
    "sz.example",
    "https://SZ.example",
  ])("refuses %s as an endpoint, for @target-uri is made from it", (endpoint) => {
    expect(memberSchema.safeParse({ ...district, endpoint }).success).toBe(false);
  });

  it("takes encryption keys on P-256 and no others, and need not have any", () => {
    const p256 = { jwk: publicOf(generatePrivateJwk("es256")), notBefore: "2026-01-01T00:00:00Z" };
    expect(memberSchema.parse({ ...district, encryptionKeys: [p256] }).encryptionKeys).toEqual([p256]);
    expect(memberSchema.safeParse({ ...district, encryptionKeys: [key()] }).success).toBe(false);
    expect(memberSchema.safeParse({ ...district, encryptionKeys: [] }).success).toBe(false);
  });

  it("gives a member without encryption keys back as it was: what is published of it does not change", () => {
    expect(JSON.stringify(memberSchema.parse(bank))).toBe(JSON.stringify(bank));
  });

  it("refuses a member without a key and one with a field nobody knows", () => {
    expect(memberSchema.safeParse({ ...district, keys: [] }).success).toBe(false);
    expect(memberSchema.safeParse({ ...district, admin: true }).success).toBe(false);
  });
});
