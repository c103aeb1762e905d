import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baseCatalogue, signCatalogue } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CatalogueFolder, openCatalogueFolder } from "./folder.ts";
import { createCatalogueHolder } from "./holder.ts";
import { nextCatalogue } from "./next-version.ts";

const now = Date.parse("2026-03-01T00:00:00Z");
const city = nodeIdSchema.parse("sz");

function registryKey() {
  const jwk = generatePrivateJwk("ed25519");
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return { signer: signer.value, listed: { jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" } };
}
const [old, current] = [registryKey(), registryKey()];

let path: string;
let folder: CatalogueFolder;
let listed: (typeof old)["listed"][];
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "xinqiao-catalogue-"));
  folder = openCatalogueFolder(path);
  listed = [old.listed];
});
afterEach(() => rm(path, { recursive: true, force: true }));

async function publishNext(by = old): Promise<void> {
  const held = await folder.newest().catch(() => undefined);
  const next = nextCatalogue(held, city, baseCatalogue(), now);
  await folder.publish(next.version, await signCatalogue(next, by.signer));
}

function hold(last?: { version: number; hash: string }, onTaken = async () => {}) {
  const said: number[] = [];
  return createCatalogueHolder(folder, {
    anchor: () => ({ city, keys: listed }),
    last,
    now: () => now,
    async onTaken({ document }) {
      await onTaken();
      said.push(document.version);
    },
  }).then((holder) => ({ holder, said, current: () => holder.current().document.version }));
}

describe("the catalogue that a gateway decides by", () => {
  it("is the newest in a new log, whichever key signed those before", async () => {
    await publishNext();
    await publishNext();
    listed = [current.listed];
    await publishNext(current);
    const { said, current: version } = await hold();
    expect([said, version()]).toEqual([[3], 3]);
  });

  it("is said before it counts, once however often it looks", async () => {
    await publishNext();
    const { holder, said, current: version } = await hold();
    await publishNext();
    await publishNext();
    await Promise.all([holder.reload(), holder.reload()]);
    await holder.reload();
    expect([said, version()]).toEqual([[1, 3], 3]);
    expect(await holder.text(2)).toBe(await folder.text(2));
  });

  it("stays what it was when the next cannot be logged, does not follow, or is not signed by a registry key", async () => {
    await publishNext();
    let full = false;
    const { holder, current: version } = await hold(undefined, async () => {
      if (full) throw new Error("the log is full");
    });
    await publishNext();
    full = true;
    await expect(holder.reload()).rejects.toThrow("the log is full");
    full = false;
    await holder.reload();
    const again = nextCatalogue(undefined, city, baseCatalogue(), now);
    await folder.publish(3, await signCatalogue(again, old.signer));
    await expect(holder.reload()).rejects.toThrow("catalogue.rolled-back");
    await rm(join(path, "3.jws"));
    await publishNext(current);
    await expect(holder.reload()).rejects.toThrow("catalogue.key-unknown");
    expect(version()).toBe(2);
  });

  it("goes on from the version the log names, and from no other in its place", async () => {
    await publishNext();
    await publishNext();
    const { hash } = await folder.newest();
    // Its key may have been replaced since: the log names it.
    listed = [current.listed];
    expect(await hold({ version: 2, hash })).toMatchObject({ said: [] });
    await expect(hold({ version: 2, hash: "A".repeat(43) })).rejects.toThrow("catalogue.forked");
    await expect(hold()).rejects.toThrow("catalogue.key-unknown");
    await rm(join(path, "2.jws"));
    await expect(hold({ version: 2, hash })).rejects.toThrow("catalogue.rolled-back");
    expect(await readdir(path)).toEqual(["1.jws"]);
  });
});
