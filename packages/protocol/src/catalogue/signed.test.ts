import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { signCompact } from "../jws/index.ts";
import { generatePrivateJwk, importSigner, publicOf, type Signer } from "../keys/index.ts";
import { publishedHash } from "../published/index.ts";
import { baseCatalogue } from "./base/index.ts";
import { catalogueDocumentSchema } from "./document.ts";
import {
  type CatalogueAnchor,
  catalogueType,
  openCatalogue,
  type PublishedCatalogue,
  reopenCatalogue,
  signCatalogue,
  succeedCatalogue,
} from "./signed.ts";

interface RegistryKey {
  readonly signer: Signer;
  readonly listed: CatalogueAnchor["keys"][number];
}

function registryKey(suite: "ed25519" | "es256" = "ed25519"): RegistryKey {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { signer: signer.value, listed: { jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" } };
}

const now = Date.parse("2026-03-01T00:00:00Z");
const [first, second, stranger] = [registryKey(), registryKey("es256"), registryKey()];
const anchor: CatalogueAnchor = { city: nodeIdSchema.parse("sz"), keys: [first.listed, second.listed] };
const { classes, items, purposes } = baseCatalogue();

const claims = { iss: "sz", version: 1, prev: null, iat: now / 1000 - 60 };
const content = (change: object = {}) => ({ ...claims, classes, items, purposes, ...change });
const sign = (change: object = {}, by: RegistryKey = first) =>
  signCatalogue(catalogueDocumentSchema.parse(content(change)), by.signer);
const signRaw = (payload: object, by: RegistryKey = first) =>
  signCompact(Buffer.from(JSON.stringify(payload)), catalogueType, by.signer);
const codeOf = async (text: string | Promise<string>, by = anchor, at = now) => {
  const opened = openCatalogue(await text, by, at);
  return opened.ok ? "ok" : opened.error.code;
};

describe("openCatalogue", () => {
  it("gives the items and purposes of a version that a registry key signed", async () => {
    for (const key of [first, second]) {
      const text = await sign({}, key);
      const opened = openCatalogue(text, anchor, now);
      expect(opened).toMatchObject({
        ok: true,
        value: { catalogue: { version: 1 }, hash: publishedHash(text) },
      });
      expect(opened.ok && opened.value.catalogue.items.size).toBe(items.length);
    }
  });

  it("refuses a key that the registry does not list, or that was not valid when it was signed", async () => {
    expect(await codeOf(sign({}, stranger))).toBe("catalogue.key-unknown");
    for (const window of [{ notBefore: "2026-03-01T00:00:00Z" }, { notAfter: "2026-02-28T00:00:00Z" }]) {
      const keys = [{ ...first.listed, ...window }];
      expect(await codeOf(sign(), { ...anchor, keys })).toBe("catalogue.key-not-valid");
    }
  });

  it("refuses a version that was changed on the way", async () => {
    const [header, , signature] = (await sign()).split(".");
    const payload = Buffer.from(JSON.stringify(content({ purposes: [] }))).toString("base64url");
    expect(await codeOf(`${header}.${payload}.${signature}`)).toBe("catalogue.signature-invalid");
  });

  it("refuses another city's catalogue, and what is signed as something else", async () => {
    expect(await codeOf(sign({ iss: "dg" }))).toBe("catalogue.of-another-city");
    const registry = signCompact(
      Buffer.from(JSON.stringify(content())),
      "xinqiao-registry+jws",
      first.signer,
    );
    expect(await codeOf(registry)).toBe("catalogue.malformed");
  });

  it.each([
    ["a field nobody knows", { colour: "red" }],
    ["a field of an item that nobody knows", { items: [{ ...items[0], colour: "red" }] }],
    ["no classes", { classes: undefined }],
    ["a version after none", { version: 2 }],
    ["a first version after another", { prev: "A".repeat(43) }],
  ])("refuses %s", async (_what, change) => {
    expect(await codeOf(signRaw(content(change)))).toBe("catalogue.malformed");
  });

  it("refuses a version that contradicts itself, and says where", async () => {
    const opened = openCatalogue(
      await sign({ purposes: [...purposes, ...purposes.slice(0, 1)] }),
      anchor,
      now,
    );
    expect(opened).toMatchObject({
      error: { code: "catalogue.unsound", detail: "purpose bid-review is listed twice" },
    });
  });

  it("refuses a version from the future, and says how far", async () => {
    expect(openCatalogue(await sign(), anchor, now - 3_600_000)).toMatchObject({
      error: { code: "catalogue.from-the-future", facts: { skewSeconds: 3_540 } },
    });
  });

  it("opens again what was kept, though its key has been replaced, and finds damage", async () => {
    const text = await sign({}, stranger);
    expect(reopenCatalogue(text)).toMatchObject({ ok: true, value: { text } });
    expect(reopenCatalogue(text.slice(0, text.length / 2))).toMatchObject({
      error: { code: "catalogue.malformed" },
    });
  });
});

describe("succeedCatalogue", () => {
  const hold = (text: string): PublishedCatalogue => {
    const opened = openCatalogue(text, anchor, now);
    if (!opened.ok) throw new Error(opened.error.code);
    return opened.value;
  };
  const outcome = (held: PublishedCatalogue | undefined, text: string) => {
    const succession = succeedCatalogue(held, text, anchor, now);
    return succession.ok ? succession.value.kind : succession.error.code;
  };
  const following = ({ hash, document: { version } }: PublishedCatalogue) => ({
    version: version + 1,
    prev: hash,
  });

  it("takes the newest at first, then the next one, and the same one as unchanged", async () => {
    const later = hold(await sign({ version: 5, prev: "A".repeat(43) }));
    expect(outcome(undefined, later.text)).toBe("next");
    expect(outcome(later, later.text)).toBe("unchanged");
    expect(outcome(later, await sign(following(later)))).toBe("next");
  });

  it("reports a version older than the one held, two of one number, and one that does not follow", async () => {
    const one = hold(await sign());
    const two = hold(await sign(following(one)));
    expect(outcome(two, one.text)).toBe("catalogue.rolled-back");
    expect(outcome(two, await sign({ ...following(one), purposes: [] }))).toBe("catalogue.forked");
    expect(outcome(one, await sign({ ...following(one), prev: publishedHash("another") }))).toBe(
      "catalogue.forked",
    );
  });

  it("wants to see the versions in between of a later one that it believes", async () => {
    const held = hold(await sign());
    const later = await sign({ version: 5, prev: publishedHash("four") });
    expect(succeedCatalogue(held, later, anchor, now)).toMatchObject({
      value: { kind: "behind", missing: { from: 2, to: 5 }, newest: { text: later } },
    });
  });
});
