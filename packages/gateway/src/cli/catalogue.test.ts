import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogueChange } from "@xinqiao/protocol/catalogue";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { openCatalogueFolder } from "../catalogue/index.ts";
import { diffCatalogue, exportCatalogue, publishCatalogue, validateCatalogue } from "./catalogue.ts";
import { init } from "./init.ts";
import { beginRollover, finishRollover } from "./registry-key.ts";

let clock = Date.parse("2026-03-01T00:00:00Z");
const now = () => clock;
let home: string;
let draftFile: string;

beforeEach(async () => {
  clock = Date.parse("2026-03-01T00:00:00Z");
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-catalogue-"));
  home = join(folder, "sz");
  draftFile = join(folder, "draft.json");
  await init(
    {
      home,
      node: "sz",
      nameZh: "示例市",
      nameEn: "Example City",
      division: "440300",
      listen: "127.0.0.1:8440",
      admin: "127.0.0.1:8449",
      suite: "ed25519",
    },
    clock,
  );
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

const codedSchema = z.looseObject({ code: z.string() });
const draftSchema = z.looseObject({
  items: z.array(codedSchema),
  purposes: z.array(codedSchema),
  classes: z.array(codedSchema),
});
type Draft = z.output<typeof draftSchema>;

/** Exports the newest version, changes it and leaves it as the draft. */
async function draft(change: (exported: Draft) => object): Promise<void> {
  const exported = draftSchema.parse(JSON.parse(await exportCatalogue(home, now)));
  await writeFile(draftFile, JSON.stringify({ ...exported, ...change(exported) }));
}

/** One item or purpose changed. */
const changed = (entries: Draft["items"], code: string, change: object) =>
  entries.map((entry) => (entry.code === code ? { ...entry, ...change } : entry));

const folder = () => openCatalogueFolder(join(home, "catalogue"));

describe("catalogue export and publish", () => {
  it("publish what was exported, changed, as the version after it", async () => {
    expect((await folder().newest()).document).toMatchObject({ version: 1, prev: null, iss: "sz" });
    await draft(({ purposes }) => ({ purposes: purposes.slice(1) }));
    clock += 1_000;
    expect(await publishCatalogue(home, draftFile, now)).toMatchObject({ version: 2, iss: "sz" });
    const [first, second] = [await folder().text(1), await folder().newest()];
    expect(second.document.prev).not.toBe(null);
    expect(second.catalogue.purposes.size).toBeGreaterThan(5);
    expect(first).toBeDefined();
  });

  it("tell an operator whose draft is of a version that is no longer the newest", async () => {
    await draft(() => ({}));
    const mine = await readFile(draftFile);
    await publishCatalogue(home, draftFile, now);
    await writeFile(draftFile, mine);
    await expect(publishCatalogue(home, draftFile, now)).rejects.toThrow(
      /exported from version 1, and version 2 was published since/,
    );
  });

  it("tell one of two operators who publish at once, and keep the other's version whole", async () => {
    await draft(() => ({}));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 2 }, () => publishCatalogue(home, draftFile, now)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await folder().newest()).document.version).toBe(2);
    expect((await readdir(join(home, "catalogue"))).sort(), "no draft is left").toEqual(["1.jws", "2.jws"]);
  });

  it("take no notice of what a command that died left behind", async () => {
    await writeFile(join(home, "catalogue", ".2.dead.draft"), "half a version");
    await draft(() => ({}));
    expect(await publishCatalogue(home, draftFile, now)).toMatchObject({ version: 2 });
    expect((await folder().newest()).document.version).toBe(2);
  });

  it("publish nothing that members would refuse", async () => {
    await draft(() => ({}));
    await beginRollover(home, "es256", now);
    const key = join(home, "keys", "registry.jwk.json");
    const another = await readFile(join(home, "keys", "signing.jwk.json"));
    await writeFile(key, another);
    await expect(publishCatalogue(home, draftFile, now)).rejects.toThrow(/catalogue\.key-unknown/);
    expect((await folder().newest()).document.version).toBe(1);
  });

  it("start from the base catalogue in a home that has none", async () => {
    await rm(join(home, "catalogue"), { recursive: true });
    await draft(() => ({}));
    expect(await publishCatalogue(home, draftFile, now)).toMatchObject({ version: 1, prev: null });
  });
});

describe("catalogue validate", () => {
  const faultsOf = async () => {
    const failed = await validateCatalogue(home, draftFile, now).catch((error: unknown) => error);
    return failed instanceof Error ? failed.message : "sound";
  };

  it("says that a draft is sound, and how much is in it", async () => {
    await draft(() => ({}));
    expect(await validateCatalogue(home, draftFile, now)).toMatch(/^sound · 目录有效: \d+ classes, 14 items/);
  });

  it("names every fault with its place", async () => {
    await draft(({ items, purposes, classes }) => ({
      items: changed(items, "penalty", { class: "传闻" }),
      purposes: changed(purposes, "bid-review", { items: ["rumour"], graceSeconds: 10_000_000 }),
      classes: changed(classes, "行政管理", { parent: "行政管理" }),
    }));
    const faults = await faultsOf();
    expect(faults).toContain("items.2.class: item penalty is of unknown class 传闻");
    expect(faults).toContain("purposes.0.items.0: purpose bid-review names unknown item rumour");
    expect(faults).toContain("purposes.0.graceSeconds: purpose bid-review must have less than");
    expect(faults).toContain("classes.1.parent: class 行政管理 is within itself: 行政管理 → 行政管理");
  });

  it("names an unknown field, and a missing one, where it stands", async () => {
    await draft(({ items }) => ({ items: changed(items, "penalty", { colour: "red", source: undefined }) }));
    expect(await faultsOf()).toMatch(/items\.2: .*colour/);
    expect(await faultsOf()).toMatch(/items\.2\.source: /);
    await expect(publishCatalogue(home, draftFile, now)).rejects.toThrow(/colour/);
  });
});

describe("catalogue diff", () => {
  const diff = async (): Promise<readonly CatalogueChange[]> =>
    JSON.parse(await diffCatalogue(home, draftFile, true, now));

  it("says in both languages what is added, removed and changed, and what widens disclosure", async () => {
    await draft(({ items, purposes }) => ({
      items: changed(items, "tax-credit", { disclosure: "public" }),
      purposes: [
        ...purposes.filter(({ code }) => code !== "honours-review"),
        { ...purposes[0], code: "new-review" },
      ],
    }));
    const text = await diffCatalogue(home, draftFile, false, now);
    expect(text).toMatch(
      /变更 changed\t事项 item\ttax-credit\t纳税信用 .*公开属性 disclosure\t! 扩大披露 widens/,
    );
    expect(text).toMatch(/新增 added\t用途 purpose\tnew-review.*! 扩大披露 widens disclosure: 新用途 added/);
    expect(text).toMatch(/删除 removed\t用途 purpose\thonours-review/);
    expect(text).toMatch(/! 2 项扩大披露/);
    await draft(() => ({}));
    expect(await diffCatalogue(home, draftFile, false, now)).toBe("nothing changes · 没有变化");
  });

  it("gives the same as JSON", async () => {
    await draft(({ purposes }) => ({ purposes: changed(purposes, "bid-review", { status: "pending" }) }));
    expect(await diff()).toEqual([
      { part: "purpose", code: "bid-review", change: "changed", settings: ["status"], widens: [] },
    ]);
  });
});

describe("replacing the registry's key", () => {
  it("signs the catalogue anew before the old key is listed no more, once", async () => {
    await beginRollover(home, "es256", now);
    await finishRollover(home, now);
    const { document } = await folder().newest();
    expect(document.version).toBe(2);
    await draft(() => ({}));
    expect(await publishCatalogue(home, draftFile, now)).toMatchObject({ version: 3 });
  });
});
