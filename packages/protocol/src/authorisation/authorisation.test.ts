import { describe, expect, it } from "vitest";
import { signCompact } from "../jws/index.ts";
import { peerSchema } from "../registry/index.ts";
import {
  testAuthorisation,
  testAuthorisationKey,
  testCarried,
  testExpected,
  testFederation,
  testNow,
} from "../testing/index.ts";
import {
  authorisationLifetimeSeconds,
  authorisationSchema,
  authorisationType,
  type CarriedAuthorisation,
  openAuthorisation,
  type Presenting,
  presentAuthorisation,
} from "./index.ts";

const { directory, signer } = testFederation();
const { subject } = testExpected().question;
const seconds = testNow / 1000;

const present = (carried: CarriedAuthorisation, change: Partial<Presenting> = {}) =>
  presentAuthorisation(carried, { subject, directory, now: testNow, ...change });
const codeOf = (carried: CarriedAuthorisation, change: Partial<Presenting> = {}) =>
  present(carried, change).fault?.code;
const signedText = (payload: unknown, typ = authorisationType) =>
  signCompact(Buffer.from(JSON.stringify(payload)), typ, signer("sz-baoan"));
const withToken = async (token: string | Promise<string>): Promise<CarriedAuthorisation> => ({
  token: await token,
  key: testAuthorisationKey.toString("base64url"),
});

describe("an authorisation", () => {
  it("counts for its subject, as the member signed it", async () => {
    expect(present(await testCarried())).toEqual({ authorisation: testAuthorisation() });
  });

  it.each([
    ["until its last second", 3_600_000],
    ["from a member whose clock is 10 s ahead", -70_000],
  ])("counts %s", async (_when, later) => {
    expect(codeOf(await testCarried(), { now: testNow + later })).toBeUndefined();
  });

  it("counts when its key was retired after it was signed", async () => {
    expect(codeOf(await testCarried({}, { by: "retired" }), { now: testNow + 60_000 })).toBeUndefined();
  });

  it.each(["", "…", "a.b.c", "{}"])("is malformed when it is no JWS: %j", async (token) => {
    expect(codeOf(await withToken(token))).toBe("authorisation.malformed");
  });

  it("is malformed when it is a JWS of another type, though the member signed it", async () => {
    const token = signedText(testAuthorisation(), "xinqiao-answer+jws");
    expect(codeOf(await withToken(token))).toBe("authorisation.malformed");
  });

  it.each<[string, object]>([
    ["a subject in the clear", { subject }],
    ["a field nobody knows", { scope: "all" }],
    ["no uses", { uses: 0 }],
    ["no items", { items: [] }],
    ["an end before its beginning", { exp: seconds - 61 }],
    ["a life of more than five years", { exp: seconds - 60 + authorisationLifetimeSeconds + 1 }],
    ["a proof without a commitment", { proof: { method: "counter", reference: "示授〔2026〕1号" } }],
    ["a proof by a method nobody knows", { proof: { ...testAuthorisation().proof, method: "telephone" } }],
  ])("is malformed with %s", async (_what, change) => {
    const token = signedText({ ...testAuthorisation(), ...change });
    expect(codeOf(await withToken(token))).toBe("authorisation.malformed");
  });

  it("may last five years, and no second longer", () => {
    const exp = seconds - 60 + authorisationLifetimeSeconds;
    expect(authorisationSchema.safeParse({ ...testAuthorisation(), exp }).success).toBe(true);
  });

  it.each<[string, string, object]>([
    ["authorisation.key-unknown", "stranger", {}],
    ["authorisation.key-unknown", "coming", {}],
    ["authorisation.key-of-another-member", "dg", {}],
  ])("is refused with %s when %s signed it", async (code, by, change) => {
    expect(codeOf(await testCarried(change, { by }))).toBe(code);
  });

  it("is refused with authorisation.signature-invalid when anything of it was changed", async () => {
    const { token } = await testCarried();
    const [header = "", , signature = ""] = token.split(".");
    const payload = Buffer.from(JSON.stringify(testAuthorisation({ uses: 100 }))).toString("base64url");
    expect(codeOf(await withToken(`${header}.${payload}.${signature}`))).toBe(
      "authorisation.signature-invalid",
    );
  });

  it("of another city counts for that city's own members only", async () => {
    const between = (
      issuer: string | undefined,
      asker: string | undefined,
    ): Presenting["directory"]["peerOf"] => {
      const { iss } = testAuthorisation();
      const city = (name: string | undefined) =>
        name === undefined
          ? undefined
          : peerSchema.parse({
              city: name,
              origin: "https://city.example",
              keys: [signer("dg").keyId],
              names: [name],
              divisions: ["4419"],
              roles: ["district"],
              notBefore: "2026-01-01T00:00:00Z",
            });
      return (node) => city(node === iss ? issuer : asker);
    };
    const code = async (issuer: string | undefined, asker: string | undefined) =>
      codeOf(await testCarried({ aud: "dg" }), {
        directory: { ...directory, peerOf: between(issuer, asker) },
      });
    expect(await code("gz", undefined)).toBe("authorisation.standing-unknown");
    expect(await code("gz", "hz")).toBe("authorisation.standing-unknown");
    expect(await code("gz", "gz")).toBeUndefined();
    expect(await code(undefined, "gz")).toBeUndefined();
  });

  it("does not outlast the standing of the member that signed it", async () => {
    const member: Presenting["directory"]["member"] = (node) => {
      const found = directory.member(node);
      return found && { ...found, status: "suspended" };
    };
    expect(codeOf(await testCarried(), { directory: { ...directory, member } })).toBe(
      "authorisation.issuer-not-active",
    );
  });

  it.each([
    ["authorisation.expired", 3_601_000],
    ["authorisation.not-yet-valid", -71_000],
  ])("is refused with %s out of its time", async (code, later) => {
    expect(codeOf(await testCarried(), { now: testNow + later })).toBe(code);
  });

  it("is refused for another subject, and with a key that does not open it", async () => {
    const other = { ...subject, id: "91440300MADEM00113" };
    expect(codeOf(await testCarried(), { subject: other })).toBe("authorisation.for-another-subject");
    const key = Buffer.alloc(32, 8);
    expect(codeOf(await testCarried({}, { key }))).toBe("authorisation.for-another-subject");
  });

  it("is named by its refusal once its signature held, and says what the node knows of its standing", async () => {
    const standing = () => ({ code: "authorisation.withdrawn" }) as const;
    expect(present(await testCarried(), { standing })).toEqual({
      authorisation: testAuthorisation(),
      fault: { code: "authorisation.withdrawn" },
    });
    expect(present(await testCarried({}, { by: "stranger" })).authorisation).toBeUndefined();
  });

  it("says nothing of whom it is about", async () => {
    const { token } = await testCarried();
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
    expect(payload).not.toContain(subject.id);
    expect(payload).not.toContain(testAuthorisationKey.toString("base64url"));
    expect(openAuthorisation(token, directory).ok).toBe(true);
  });
});
