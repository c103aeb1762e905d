import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encryptionJwkOf, generateDecryptionJwk } from "../encryption/index.ts";
import { signCompact } from "../jws/index.ts";
import {
  generatePrivateJwk,
  importSigner,
  type PrivateJwk,
  publicOf,
  type Signer,
  type SuiteName,
} from "../keys/index.ts";
import { createDirectory, type Directory, type Member } from "../registry/index.ts";
import { testMember } from "../testing/index.ts";
import {
  type EnrolmentContext,
  type EnrolmentRequest,
  fingerprint,
  type Invitation,
  invitationSchema,
  openEnrolment,
  sameFingerprint,
  signEndorsement,
  signEnrolment,
  signInvitation,
} from "./index.ts";

interface Key {
  readonly jwk: PrivateJwk;
  readonly signer: Signer;
}

function makeKey(suite: SuiteName = "ed25519"): Key {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { jwk, signer: signer.value };
}

const now = Date.parse("2026-03-01T00:00:00Z");
const seconds = now / 1000;
const [registry, stranger, old, fresh] = [makeKey("es256"), makeKey(), makeKey(), makeKey("sm2")];
const listed = (key: Key, window: object = {}) => ({
  jwk: publicOf(key.jwk),
  notBefore: "2026-01-01T00:00:00Z",
  ...window,
});

function directoryOf(...members: Member[]): Directory {
  const directory = createDirectory({ version: 1, members });
  if (!directory.ok) throw new Error(directory.error.join());
  return directory.value;
}

const member = (change: object = {}) => testMember({ keys: [listed(old)], ...change });
const context = (change: Partial<EnrolmentContext> = {}): EnrolmentContext => ({
  city: "sz",
  keys: [listed(registry)],
  directory: directoryOf(member()),
  ...change,
});

const invitation = (change: object = {}): Invitation =>
  invitationSchema.parse({
    iss: "sz",
    origin: "https://gateway.example",
    registryKey: registry.signer.keyId,
    jti: randomUUID(),
    iat: seconds - 60,
    exp: seconds + 3_600,
    node: "dg",
    name: { zh: "示例市", en: "Example" },
    role: "neighbour-city",
    division: "441900",
    jurisdiction: "441900",
    scope: { items: "all", purposes: ["bid-review"] },
    ...change,
  });

async function request(
  change: Partial<EnrolmentRequest> = {},
  { invited = {}, by = fresh, inviter = registry }: { invited?: object; by?: Key; inviter?: Key } = {},
): Promise<string> {
  const voucher = { invitation: await signInvitation(invitation(invited), inviter.signer) };
  const aud = testMember({ node: "sz" }).node;
  const endpoint = "https://dg.example";
  return signEnrolment(
    { aud, iat: seconds, voucher, key: publicOf(fresh.jwk), endpoint, ...change },
    by.signer,
  );
}

async function endorsed(change: object = {}, by: Key = old): Promise<string> {
  const { node } = testMember();
  const { node: aud } = testMember({ node: "sz" });
  const jti = randomUUID();
  const exp = seconds + 3_600;
  const endorsement = await signEndorsement(
    { iss: node, aud, jti, iat: seconds, exp, next: fresh.signer.keyId, ...change },
    by.signer,
  );
  return signEnrolment(
    { aud, iat: seconds, voucher: { endorsement }, key: publicOf(fresh.jwk) },
    fresh.signer,
  );
}

const open = async (text: string | Promise<string>, at = context(), instant = now) => {
  const opened = openEnrolment(await text, at, instant);
  return opened.ok ? opened.value : opened.error.code;
};

describe("a request on an invitation", () => {
  it("brings the encryption key that is to be listed with it", async () => {
    const encryptionKey = encryptionJwkOf(generateDecryptionJwk());
    expect(await open(request({ encryptionKey }))).toMatchObject({
      member: { encryptionKeys: [{ jwk: encryptionKey, notBefore: "2026-03-01T00:00:00.000Z" }] },
    });
    expect(await open(request())).not.toHaveProperty("member.encryptionKeys");
  });

  it("is refused with an encryption key off its curve", async () => {
    const zero = "A".repeat(43);
    const encryptionKey = { kty: "EC", crv: "P-256", x: zero, y: zero } as const;
    expect(await open(request({ encryptionKey }))).toBe("enrolment.malformed");
  });

  it("is the member that the city invited, with the key that asks, pending", async () => {
    expect(await open(request())).toMatchObject({
      by: "invitation",
      member: {
        node: "dg",
        role: "neighbour-city",
        jurisdiction: "441900",
        endpoint: "https://dg.example",
        scope: { purposes: ["bid-review"] },
        keys: [{ jwk: publicOf(fresh.jwk), notBefore: new Date(now).toISOString() }],
        status: "pending",
      },
    });
  });

  it.each([
    ["not signed by the key it brings", () => request({}, { by: stranger }), "enrolment.signature-invalid"],
    [
      "for another city",
      () => request({ aud: testMember({ node: "gz" }).node }),
      "enrolment.for-another-city",
    ],
    ["from a clock an hour ahead", () => request({ iat: seconds + 3_600 }), "enrolment.from-the-future"],
    ["without where it answers", () => request({ endpoint: undefined }), "enrolment.endpoint-missing"],
    ["by no registry key", () => request({}, { inviter: stranger }), "enrolment.invitation-not-ours"],
    ["of another city's", () => request({}, { invited: { iss: "gz" } }), "enrolment.invitation-not-ours"],
    ["on one run out", () => request({}, { invited: { exp: seconds } }), "enrolment.invitation-expired"],
    ["that is none", async () => "e30.e30.e30", "enrolment.malformed"],
    ["that is an invitation", () => signInvitation(invitation(), registry.signer), "enrolment.malformed"],
  ])("%s is refused", async (_name, make, code) => {
    expect(await open(make())).toBe(code);
  });

  it("is refused when the invitation was changed on the way", async () => {
    const honest = await signInvitation(invitation(), registry.signer);
    const [header, , signature] = honest.split(".");
    const wider = Buffer.from(JSON.stringify(invitation({ role: "city" }))).toString("base64url");
    const voucher = { invitation: `${header}.${wider}.${signature}` };
    expect(await open(request({ voucher }))).toBe("enrolment.invitation-not-ours");
  });

  it("is refused for a registry key that does not count yet, or no more", async () => {
    for (const window of [{ notBefore: "2026-03-02T00:00:00Z" }, { notAfter: "2026-02-01T00:00:00Z" }]) {
      const keys = [listed(registry, window)];
      expect(await open(request(), context({ keys }))).toBe("enrolment.invitation-not-ours");
    }
  });

  it("is refused for a key that somebody has already", async () => {
    const directory = directoryOf(testMember({ keys: [listed(fresh)] }));
    expect(await open(request(), context({ directory }))).toBe("enrolment.key-known");
  });

  it("may not carry more than it says: an unknown field is refused", async () => {
    const more = {
      aud: "sz",
      iat: seconds,
      voucher: { invitation: "" },
      key: publicOf(fresh.jwk),
      role: "city",
    };
    const text = signCompact(Buffer.from(JSON.stringify(more)), "xinqiao-enrolment+jws", fresh.signer);
    expect(await open(text)).toBe("enrolment.malformed");
  });
});

describe("a request on the word of the member's own key", () => {
  it("is that member with the key that follows", async () => {
    expect(await open(endorsed())).toMatchObject({
      by: "endorsement",
      member: { node: "sz-baoan", status: "active", keys: [{ jwk: publicOf(fresh.jwk) }] },
    });
  });

  it.each([
    ["a stranger's", () => endorsed({}, stranger), context(), "enrolment.endorsement-invalid"],
    [
      "a key's that was ended",
      () => endorsed(),
      context({
        directory: directoryOf(member({ keys: [listed(old, { notAfter: "2026-02-01T00:00:00Z" })] })),
      }),
      "enrolment.endorsement-invalid",
    ],
    [
      "a member's that has left",
      () => endorsed(),
      context({ directory: directoryOf(member({ status: "left" })) }),
      "enrolment.endorsement-invalid",
    ],
    [
      "for another key",
      () => endorsed({ next: stranger.signer.keyId }),
      context(),
      "enrolment.endorsement-invalid",
    ],
    ["for another city", () => endorsed({ aud: "gz" }), context(), "enrolment.endorsement-invalid"],
    ["that has run out", () => endorsed({ exp: seconds - 1 }), context(), "enrolment.endorsement-expired"],
    ["for years", () => endorsed({ exp: seconds + 1e8 }), context(), "enrolment.endorsement-expired"],
  ])("%s is refused", async (_name, make, at, code) => {
    expect(await open(make(), at)).toBe(code);
  });
});

describe("the fingerprint", () => {
  it("is twenty digits that change with every byte of the request", async () => {
    const text = await request();
    expect(fingerprint(text)).toMatch(/^\d{4}(?:-\d{4}){4}$/);
    const seen = new Set(
      [...text].map((_, place) => fingerprint(text.slice(0, place) + text.slice(place + 1))),
    );
    expect(seen.size).toBeGreaterThan(text.length * 0.9);
    expect(seen).not.toContain(fingerprint(text));
  });

  it("is the same however it is typed", () => {
    expect(sameFingerprint("1234 5678-9012 34567890", "1234-5678-9012-3456-7890")).toBe(true);
    expect(sameFingerprint("1234-5678-9012-3456-7891", "1234-5678-9012-3456-7890")).toBe(false);
    expect(sameFingerprint("", "1234-5678-9012-3456-7890")).toBe(false);
  });
});
