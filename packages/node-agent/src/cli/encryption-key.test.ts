import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateJwk, importSigner, publicOf, thumbprint } from "@xinqiao/protocol/keys";
import { type Member, registryDocumentSchema, signRegistry } from "@xinqiao/protocol/registry";
import { readDecryptionKeys } from "@xinqiao/runtime/keys";
import { writeRegistryFile } from "@xinqiao/runtime/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encryptionKeyFiles, loadConfig } from "../config/index.ts";
import { renewEncryptionKey } from "./encryption-key.ts";
import { init } from "./init.ts";

let home: string;
let member: Member;
const made = Date.parse("2026-03-01T00:00:00Z");
const renewed = Date.parse("2026-04-01T00:00:00Z");

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-encryption-key-")), "baoan");
  const named = {
    node: "sz-baoan",
    nameZh: "示例区",
    nameEn: "Example",
    role: "district",
    division: "440306",
  };
  const gateway = { gatewayNode: "sz", gatewayOrigin: "http://127.0.0.1:9440", registryKey: "A".repeat(43) };
  const places = { listen: "127.0.0.1:9441", local: "127.0.0.1:9541", suite: "ed25519" as const };
  member = await init({ home, ...named, ...gateway, ...places }, made);
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

/** The city lists the member as it offered itself. */
async function admit(): Promise<void> {
  const jwk = generatePrivateJwk();
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const document = registryDocumentSchema.parse({
    ...{ iss: "sz", version: 1, prev: null, iat: made / 1000, exp: made / 1000 + 86_400 * 90, grace: 0 },
    keys: [{ jwk: publicOf(jwk), notBefore: new Date(made).toISOString() }],
    members: [{ ...member, status: "active" }],
  });
  await writeRegistryFile(join(home, "registry.jws"), await signRegistry(document, signer.value));
}

const offered = ({ encryptionKeys = [] }: Member) => encryptionKeys.map(({ jwk }) => thumbprint(jwk));
const held = async () => [...(await readDecryptionKeys(encryptionKeyFiles(await loadConfig(home)))).keys()];

describe("a member's encryption key", () => {
  it("is made with its home, in a file of its own that only its owner reads, and offered to the city", async () => {
    expect(offered(member)).toEqual(await held());
    expect((await loadConfig(home)).encryptionKey).toBe(join(home, "keys/encryption.jwk.json"));
    expect((await stat(join(home, "keys/encryption.jwk.json"))).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(member), "its private part").not.toMatch(/"d":/);
  });

  it("is replaced: the new one is offered, and what was sealed to the old one still opens", async () => {
    await admit();
    const [before] = offered(member);
    const offer = await renewEncryptionKey(home, renewed);
    const [after] = offered(offer);
    expect(after).not.toBe(before);
    expect(await held()).toEqual([after, before]);
    expect(offer).toMatchObject({ keys: member.keys, status: "active", scope: member.scope });
  });

  it("is made for a member whose folder is older than encryption, and nothing else of its file is touched", async () => {
    await admit();
    const file = join(home, "agent.json");
    const { encryptionKey: _none, ...older } = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(older));
    expect(await held()).toEqual([]);
    const offer = await renewEncryptionKey(home, renewed);
    expect(await held()).toEqual(offered(offer));
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject(older);
  });

  it("is not replaced while the city does not know the member: nothing is made", async () => {
    await expect(renewEncryptionKey(home, renewed)).rejects.toThrow(/not in the registry/);
    expect(await held()).toEqual(offered(member));
  });
});
