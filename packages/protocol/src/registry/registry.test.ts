import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signCompact } from "../jws/index.ts";
import { generatePrivateJwk, importSigner, publicOf, type Signer, type SuiteName } from "../keys/index.ts";
import { testMember } from "../testing/index.ts";
import {
  openRegistry,
  type Registry,
  type RegistryAnchor,
  type RegistryDocument,
  registryDocumentSchema,
  registryHash,
  registryStanding,
  registryType,
  signRegistry,
  succeed,
  suitesOf,
} from "./index.ts";

interface RegistryKey {
  readonly signer: Signer;
  readonly listed: { readonly jwk: object; readonly notBefore: string; readonly notAfter?: string };
}

function registryKey(suite: SuiteName = "ed25519"): RegistryKey {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { signer: signer.value, listed: { jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" } };
}

const now = Date.parse("2026-03-01T00:00:00Z");
const [first, second, stranger] = [registryKey(), registryKey("es256"), registryKey()];
const anchored = (...keys: readonly RegistryKey[]): RegistryAnchor => ({
  city: testMember({ node: "sz" }).node,
  keyIds: new Set(keys.map(({ signer }) => signer.keyId)),
});
const pinned = anchored(first);

function document(change: object = {}): RegistryDocument {
  return registryDocumentSchema.parse({
    iss: "sz",
    version: 1,
    prev: null,
    iat: now / 1000 - 60,
    exp: now / 1000 + 86_400,
    grace: 3_600,
    keys: [first.listed],
    members: [testMember()],
    ...change,
  });
}

const sign = (change: object = {}, by: RegistryKey = first) => signRegistry(document(change), by.signer);
const codeOf = async (text: string | Promise<string>, anchor = pinned, at = now) => {
  const opened = openRegistry(await text, anchor, at);
  return opened.ok ? "ok" : opened.error.code;
};

describe("openRegistry", () => {
  it("gives the members of a version that a pinned key signed", async () => {
    const text = await sign();
    const opened = openRegistry(text, pinned, now);
    expect(opened).toMatchObject({ ok: true, value: { document: { version: 1 }, hash: registryHash(text) } });
    expect(opened.ok && opened.value.directory.member(testMember().node)?.role).toBe("district");
  });

  it("refuses a version signed by a key that is not believed, though it lists it", async () => {
    expect(await codeOf(sign({ keys: [stranger.listed] }, stranger))).toBe("registry.key-unknown");
  });

  it("refuses a version whose key it does not list, or lists as not valid when it was signed", async () => {
    expect(await codeOf(sign({ keys: [second.listed] }))).toBe("registry.key-not-valid");
    for (const window of [{ notBefore: "2026-03-01T00:00:00Z" }, { notAfter: "2026-02-28T00:00:00Z" }]) {
      expect(await codeOf(sign({ keys: [{ ...first.listed, ...window }] }))).toBe("registry.key-not-valid");
    }
  });

  it("refuses a version that was changed on the way", async () => {
    const [header, , signature] = (await sign()).split(".");
    const payload = Buffer.from(JSON.stringify(document({ members: [] }))).toString("base64url");
    expect(await codeOf(`${header}.${payload}.${signature}`)).toBe("registry.signature-invalid");
  });

  it("refuses another city's registry, and what is signed as something else", async () => {
    expect(await codeOf(sign({ iss: "dg" }))).toBe("registry.of-another-city");
    const answer = signCompact(Buffer.from(JSON.stringify(document())), "xinqiao-answer+jws", first.signer);
    expect(await codeOf(answer)).toBe("registry.malformed");
  });

  it.each([
    ["a field nobody knows", { colour: "red" }],
    ["no keys", { keys: [] }],
    ["no suites", { suites: [] }],
    ["a suite twice", { suites: ["sm2", "sm2"] }],
    ["a suite nobody knows", { suites: ["rsa"] }],
    ["a version after none", { version: 2 }],
    ["a first version after another", { prev: "A".repeat(43) }],
    ["an end before its beginning", { exp: 0 }],
  ])("refuses %s", async (_what, change) => {
    const payload = Buffer.from(JSON.stringify({ ...document(), ...change }));
    expect(await codeOf(signCompact(payload, registryType, first.signer))).toBe("registry.malformed");
  });

  it("refuses members that contradict each other", async () => {
    expect(await codeOf(sign({ members: [testMember(), testMember()] }))).toBe("registry.unsound");
  });

  it("refuses a log's key that is a member's too, or of a suite it does not list", async () => {
    const [log, national] = [registryKey(), registryKey("sm2")];
    expect(await codeOf(sign({ log: [log.listed] }))).toBe("ok");
    expect(await codeOf(sign({ log: [log.listed], members: [testMember({ keys: [log.listed] })] }))).toBe(
      "registry.unsound",
    );
    expect(await codeOf(sign({ log: [national.listed] }))).toBe("registry.unsound");
  });

  it("reads a version without suites as one that lists Ed25519 and ES256, and leaves it as it is", async () => {
    const text = await sign({ keys: [first.listed, second.listed] });
    const payload = Buffer.from(text.split(".")[1] ?? "", "base64url").toString();
    expect(payload).not.toContain("suites");
    const opened = openRegistry(text, pinned, now);
    if (!opened.ok) throw new Error(opened.error.code);
    expect(suitesOf(opened.value.document)).toEqual(["ed25519", "es256"]);
    expect(JSON.stringify(opened.value.document)).toBe(payload);
  });

  it("refuses a version that signs with, or lists for a member, a key of a suite it does not list", async () => {
    const national = registryKey("sm2");
    const all = { suites: ["ed25519", "es256", "sm2"] };
    const byNational = { keys: [national.listed] };
    const member = { members: [testMember({ keys: [national.listed] })] };
    const believed = anchored(first, national);
    expect(await codeOf(sign({ ...all, ...byNational }, national), believed)).toBe("ok");
    expect(await codeOf(sign(byNational, national), believed)).toBe("registry.unsound");
    expect(await codeOf(sign({ ...all, ...member }))).toBe("ok");
    expect(await codeOf(sign({ ...all, ...member, suites: ["sm2"] }))).toBe("registry.unsound");
    const unlisted = openRegistry(await sign(member), pinned, now);
    expect(unlisted).toMatchObject({ error: { code: "registry.unsound" } });
    expect(unlisted.ok || unlisted.error.detail).toContain(
      `${testMember().node}: key ${national.signer.keyId}`,
    );
  });

  it("keeps a key of a suite that is listed no more once its window is over", async () => {
    const national = registryKey("sm2");
    const until = (notAfter: string) => ({
      suites: ["sm2"],
      keys: [national.listed],
      members: [testMember({ keys: [{ ...first.listed, notAfter }, national.listed] })],
    });
    const believed = anchored(national);
    expect(await codeOf(sign(until("2026-02-28T23:59:00Z"), national), believed)).toBe("ok");
    expect(await codeOf(sign(until("2026-03-01T00:00:00Z"), national), believed)).toBe("registry.unsound");
  });

  it("refuses a version signed with SM2 that was changed on the way", async () => {
    const national = registryKey("sm2");
    const listed = { suites: ["sm2"], keys: [national.listed], members: [] };
    const [header, , signature] = (await sign(listed, national)).split(".");
    const payload = Buffer.from(JSON.stringify(document({ ...listed, grace: 1 }))).toString("base64url");
    expect(await codeOf(`${header}.${payload}.${signature}`, anchored(national))).toBe(
      "registry.signature-invalid",
    );
  });

  it("refuses a version from the future, and says how far", async () => {
    const opened = openRegistry(await sign(), pinned, now - 3_600_000);
    expect(opened).toMatchObject({
      error: { code: "registry.from-the-future", facts: { skewSeconds: 3_540 } },
    });
  });
});

describe("registryStanding", () => {
  it("degrades after its end, by the registry's grace or a purpose's own", () => {
    const { exp, grace } = document();
    const at = (late: number, own?: number) => registryStanding({ exp, grace }, (exp + late) * 1000, own);
    expect([at(0), at(1), at(grace), at(grace + 1)]).toEqual(["current", "grace", "grace", "expired"]);
    expect([at(60, 60), at(61, 60), at(1, 0)]).toEqual(["grace", "expired", "expired"]);
    expect(at(grace + 1, 2 * grace), "a purpose cannot stretch it").toBe("expired");
  });
});

describe("succeed", () => {
  const hold = async (text: string): Promise<Registry> => {
    const succession = succeed(undefined, text, pinned, now);
    if (!succession.ok || succession.value.kind !== "next") throw new Error("not taken");
    return succession.value.next;
  };
  const outcome = (held: Registry | undefined, text: string) => {
    const succession = succeed(held, text, pinned, now);
    return succession.ok ? succession.value.kind : succession.error.code;
  };
  const following = ({ hash, document: { version } }: Registry) => ({ version: version + 1, prev: hash });

  it("takes the next version, and the same one as unchanged", async () => {
    const held = await hold(await sign());
    expect(outcome(held, held.text)).toBe("unchanged");
    expect(outcome(held, await sign(following(held)))).toBe("next");
  });

  it("reports a version older than the one held", async () => {
    const one = await hold(await sign());
    const two = succeed(one, await sign(following(one)), pinned, now);
    if (!two.ok || two.value.kind !== "next") throw new Error("not taken");
    expect(succeed(two.value.next, one.text, pinned, now)).toMatchObject({
      error: { code: "registry.rolled-back", facts: { held: 2, offered: 1 } },
    });
  });

  it("reports two versions of one number, and one that does not follow", async () => {
    const held = await hold(await sign());
    expect(outcome(held, await sign({ exp: now / 1000 + 1 }))).toBe("registry.forked");
    expect(outcome(held, await sign({ ...following(held), prev: registryHash("another") }))).toBe(
      "registry.forked",
    );
  });

  it("asks for the versions in between before it takes a later one", async () => {
    const held = await hold(await sign());
    const missing = { from: 2, to: 5 };
    const later = { version: 5, prev: registryHash("four") };
    expect(succeed(held, await sign(later), pinned, now)).toMatchObject({
      value: { kind: "behind", missing },
    });
    const keysGone = await sign({ ...later, keys: [second.listed] }, second);
    expect(succeed(held, keysGone, pinned, now)).toMatchObject({ value: { kind: "behind", missing } });
  });

  it("does not believe the pinned key any more once the version held has left it out", async () => {
    const one = await hold(await sign());
    const both = succeed(
      one,
      await sign({ ...following(one), keys: [first.listed, second.listed] }),
      pinned,
      now,
    );
    if (!both.ok || both.value.kind !== "next") throw new Error("not taken");
    const two = both.value.next;
    const changed = succeed(
      two,
      await sign({ ...following(two), keys: [second.listed] }, second),
      pinned,
      now,
    );
    if (!changed.ok || changed.value.kind !== "next") throw new Error("not taken");
    const three = changed.value.next;
    expect(outcome(three, await sign({ ...following(three), keys: [first.listed] }))).toBe(
      "registry.key-unknown",
    );
  });

  it("leads a member that was away for any number of versions and changes of keys to the newest", async () => {
    const keys = [first, second, registryKey(), registryKey("sm2")];
    const suites = ["ed25519", "es256", "sm2"];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        fc.nat({ max: 12 }),
        async (replacements, away) => {
          // Each version is signed by the current key; a replacement lists the next one first, then signs with it.
          const chain = [await sign({ suites })];
          let current = 0;
          for (const replace of replacements) {
            const held = chain.at(-1) ?? "";
            const next = replace ? (current + 1) % keys.length : current;
            const listed = [keys[current], keys[next]].flatMap((key) => (key ? [key.listed] : []));
            const by = keys[current];
            if (by === undefined) throw new Error("no key");
            chain.push(
              await sign(
                { version: chain.length + 1, prev: registryHash(held), suites, keys: [...new Set(listed)] },
                by,
              ),
            );
            current = next;
          }
          const newest = chain.at(-1) ?? "";
          let held = await hold(chain[0] ?? "");
          for (const text of chain.slice(1, Math.max(1, chain.length - away))) held = take(held, text);
          const offered = succeed(held, newest, pinned, now);
          if (offered.ok && offered.value.kind === "behind") {
            const { from, to } = offered.value.missing;
            for (let version = from; version <= to; version += 1) held = take(held, chain[version - 1] ?? "");
          } else if (offered.ok && offered.value.kind === "next") held = offered.value.next;
          expect(held.text).toBe(newest);
        },
      ),
      { numRuns: 60 },
    );
  });

  function take(held: Registry, text: string): Registry {
    const succession = succeed(held, text, pinned, now);
    if (!succession.ok || succession.value.kind !== "next") throw new Error(JSON.stringify(succession));
    return succession.value.next;
  }
});
