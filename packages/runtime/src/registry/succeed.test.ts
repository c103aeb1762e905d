import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { type Registry, registryDocumentSchema, signRegistry } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { succeed } from "./succeed.ts";

const now = Date.parse("2026-03-01T00:00:00Z");
const jwk = generatePrivateJwk("ed25519");
const imported = importSigner(jwk);
if (!imported.ok) throw new Error(imported.error);
const signer = imported.value;
const notBefore = "2026-01-01T00:00:00Z";
const pinned = { city: testMember({ node: "sz" }).node, keyIds: new Set([signer.keyId]) };

/** More than is opened in the thread that serves. */
const many = Array.from({ length: 500 }, (_, at) =>
  testMember({ node: `member-${at}`, keys: [{ jwk: publicOf(generatePrivateJwk()), notBefore }] }),
);

function sign(change: object, by = signer): Promise<string> {
  const document = registryDocumentSchema.parse({
    iss: "sz",
    version: 1,
    prev: null,
    iat: now / 1000 - 60,
    exp: now / 1000 + 86_400,
    grace: 3_600,
    keys: [{ jwk: publicOf(jwk), notBefore }],
    members: many,
    ...change,
  });
  return signRegistry(document, by);
}

async function first(): Promise<Registry> {
  const taken = await succeed(undefined, await sign({}), pinned, now);
  if (!taken.ok || taken.value.kind !== "next") throw new Error("not taken");
  return taken.value.next;
}

describe("the next version of a long registry", () => {
  it("is opened whole by the pinned key, its members found by node and by key", async () => {
    const { document, directory, text } = await first();
    expect(text.length).toBeGreaterThan(65_536);
    expect(document.members).toEqual(many);
    expect(directory.member(many[499]?.node ?? pinned.city)).toEqual(many[499]);
    expect(await succeed(await first(), text, pinned, now)).toEqual({
      ok: true,
      value: { kind: "unchanged" },
    });
  });

  it("hands over what has changed, and leaves every other member the object it was", async () => {
    const held = await first();
    const [gone, suspended, ...rest] = held.document.members;
    const members = [{ ...suspended, status: "suspended" }, ...rest, testMember({ node: "newcomer" })];
    const taken = await succeed(held, await sign({ version: 2, prev: held.hash, members }), pinned, now);
    if (!taken.ok || taken.value.kind !== "next") throw new Error("not taken");
    const { document, directory } = taken.value.next;
    expect(document.members).toEqual(members);
    expect(document.members[1], "the same object").toBe(rest[0]);
    expect(gone && directory.member(gone.node)).toBeUndefined();
    expect(suspended && directory.member(suspended.node)?.status).toBe("suspended");
  });

  it.each<[string, object, string]>([
    ["another city's", { iss: "dg" }, "registry.of-another-city"],
    ["one that does not follow", { version: 2, prev: "A".repeat(43) }, "registry.forked"],
    ["one that lists a member twice", { version: 2, members: [...many, many[0]] }, "registry.unsound"],
  ])("refuses %s", async (_name, change, code) => {
    const held = await first();
    const text = await sign({ prev: held.hash, version: 2, ...change });
    expect(await succeed(held, text, pinned, now)).toMatchObject({ error: { code } });
  });

  it("says what is missing in between", async () => {
    const later = await sign({ version: 4, prev: "A".repeat(43) });
    const missing = { from: 2, to: 4 };
    expect(await succeed(await first(), later, pinned, now)).toEqual({
      ok: true,
      value: { kind: "behind", missing },
    });
  });

  it("takes no text for another that looks alike in fewer bits", async () => {
    const text = await sign({});
    const alike = String.fromCharCode(text.charCodeAt(0) + 0x100) + text.slice(1);
    expect(await succeed(undefined, alike, pinned, now)).toMatchObject({
      error: { code: "registry.malformed" },
    });
  });
});
