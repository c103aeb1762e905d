import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { signRegistry } from "@xinqiao/protocol/registry";
import { testMember } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRegistryFolder, type RegistryFolder } from "./folder.ts";
import { createRegistryHolder } from "./holder.ts";
import { nextVersion } from "./next-version.ts";

const now = Date.parse("2026-03-01T00:00:00Z");
const jwk = generatePrivateJwk("ed25519");
const signer = importSigner(jwk);
const term = { lifetimeDays: 90, graceDays: 30 };
const city = testMember({ node: "sz", role: "city" });
const content = {
  iss: city.node,
  keys: [{ jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" }],
  members: [city],
};

let path: string;
let folder: RegistryFolder;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "xinqiao-registry-"));
  folder = openRegistryFolder(path, () => now);
});
afterEach(() => rm(path, { recursive: true, force: true }));

async function sign(document: Parameters<typeof signRegistry>[0]): Promise<string> {
  if (!signer.ok) throw new Error(signer.error);
  return signRegistry(document, signer.value);
}

async function publishNext(): Promise<string> {
  const held = await folder.newest().catch(() => undefined);
  const next = nextVersion(held, content, term, now);
  const text = await sign(next);
  await folder.publish(next.version, text);
  return text;
}

describe("the folder of versions", () => {
  it("gives the newest by number, and each by its own", async () => {
    const texts: string[] = [];
    for (let version = 1; version <= 11; version += 1) texts.push(await publishNext());
    expect((await folder.newest()).document.version).toBe(11);
    expect(await folder.text(2)).toBe(texts[1]);
    expect(await folder.text(12)).toBeUndefined();
  });

  it("tells one of two operators who publish at once, and keeps the other's version whole", async () => {
    await publishNext();
    const held = await folder.newest();
    const key = () => ({ ...content.keys[0], jwk: publicOf(generatePrivateJwk("ed25519")) });
    const versions = await Promise.all(
      ["sz-baoan", "sz-longgang"].map((node) => {
        const added = testMember({ node, keys: [key()] });
        return sign(nextVersion(held, { ...content, members: [city, added] }, term, now));
      }),
    );
    const outcomes = await Promise.allSettled(versions.map((text) => folder.publish(2, text)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(versions).toContain((await folder.newest()).text);
    expect((await readdir(path)).sort(), "no draft is left").toEqual(["1.jws", "2.jws"]);
  });

  it("does not give a damaged version, nor none", async () => {
    await expect(folder.newest()).rejects.toThrow(/holds no version/);
    await writeFile(join(path, "1.jws"), "damaged");
    await expect(folder.newest()).rejects.toThrow(/registry\.malformed/);
  });
});

describe("what a gateway decides by", () => {
  it("is taken version by version, each said before it counts, once however often it looks", async () => {
    await publishNext();
    const said: number[] = [];
    const holder = await createRegistryHolder(folder, {
      city: "sz",
      last: undefined,
      now: () => now,
      async onTaken({ document }) {
        said.push(document.version);
      },
    });
    await publishNext();
    await publishNext();
    expect(holder.current().document.version).toBe(1);
    await Promise.all([holder.reload(), holder.reload()]);
    await holder.reload();
    expect(holder.current().document.version).toBe(3);
    expect(said).toEqual([1, 2, 3]);
  });

  it("stays what it was when the next does not follow, or cannot be logged", async () => {
    await publishNext();
    let full = false;
    const holder = await createRegistryHolder(folder, {
      city: "sz",
      last: undefined,
      now: () => now,
      async onTaken() {
        if (full) throw new Error("the log is full");
      },
    });
    full = true;
    await publishNext();
    await expect(holder.reload()).rejects.toThrow("the log is full");
    expect(holder.current().document.version).toBe(1);
    full = false;
    await holder.reload();
    expect(holder.current().document.version).toBe(2);
    await folder.publish(3, await sign(nextVersion(undefined, content, term, now)));
    await expect(holder.reload()).rejects.toThrow("registry.rolled-back");
    expect(holder.current().document.version).toBe(2);
  });

  it("goes on from the version the log names, and from no other in its place", async () => {
    for (let version = 1; version <= 3; version += 1) await publishNext();
    const taken: number[] = [];
    const start = (last: { version: number; hash: string } | undefined, city = "sz") =>
      createRegistryHolder(folder, {
        city,
        last,
        now: () => now,
        async onTaken({ document }) {
          taken.push(document.version);
        },
      });
    await start(undefined);
    expect(taken, "a new log names every version").toEqual([1, 2, 3]);
    const { hash } = await folder.newest();
    await start({ version: 3, hash });
    expect(taken, "and none twice").toEqual([1, 2, 3]);
    await expect(start({ version: 3, hash: "A".repeat(43) })).rejects.toThrow("registry.forked");
    await expect(start(undefined, "dg")).rejects.toThrow("registry.of-another-city");
    await rm(join(path, "3.jws"));
    await expect(start({ version: 3, hash })).rejects.toThrow("registry.rolled-back");
  });
});
