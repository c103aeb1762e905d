import { inclusionProof, leafHash, verifyConsistency, verifyInclusion } from "@xinqiao/protocol/log";
import { formatTilePath, parseBundle, readTiles, type TileAddress } from "@xinqiao/protocol/tiles";
import type { HttpEnv } from "@xinqiao/runtime/http";
import { Hono } from "hono";
import { beforeAll, describe, expect, it } from "vitest";
import { type TestCity, testCity } from "../witnesses/testing/city.ts";
import { serveLog } from "./log-routes.ts";

const size = 600;
const leaves = Array.from({ length: size + 5 }, (_, at) => `leaf ${at}`);
let city: TestCity;
let app: Hono<HttpEnv>;

beforeAll(async () => {
  city = testCity({});
  app = new Hono<HttpEnv>();
  const indexOf = (hash: Buffer) => {
    const at = leaves.findIndex((leaf) => leafHash(Buffer.from(leaf)).equals(hash));
    return at < 0 ? undefined : at;
  };
  serveLog(app, { hop: "sz", published: city.log, quorum: 2, indexOf });
  expect((await app.request("/log/checkpoint")).status, "nothing was signed yet").toBe(404);
  city.append(...leaves.slice(0, size));
  await city.checkpoint();
  // Appended, and in no checkpoint yet.
  city.append(...leaves.slice(size));
});

async function get(path: string) {
  const reply = await app.request(path);
  return { status: reply.status, headers: reply.headers, bytes: Buffer.from(await reply.arrayBuffer()) };
}

async function json(path: string) {
  const { status, bytes } = await get(path);
  expect(status).toBe(200);
  return JSON.parse(bytes.toString());
}

const decode = (proof: readonly string[]) => proof.map((hash) => Buffer.from(hash, "base64"));

describe("GET /log", () => {
  it("serves the newest checkpoint, never from a cache", async () => {
    const { bytes, headers } = await get("/log/checkpoint");
    expect(bytes.toString()).toMatch(/^xinqiao\/sz\n600\n/);
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-cache");
  });

  it.each([
    ["tile/entries/000", 256],
    ["tile/entries/002.p/88", 88],
    ["tile/0/001", 256 * 32],
    ["tile/0/002.p/3", 3 * 32],
    ["tile/1/000.p/2", 2 * 32],
  ])("serves %s, for ever", async (path, length) => {
    const { status, bytes, headers } = await get(`/log/${path}`);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(headers.get("content-type")).toBe("application/octet-stream");
    const parsed = path.includes("entries") ? parseBundle(bytes, length) : undefined;
    if (parsed === undefined) expect(bytes).toHaveLength(length);
    else expect(parsed).toMatchObject({ ok: true, value: { length } });
  });

  it.each([
    "tile/entries/002.p/89",
    "tile/0/002.p/89",
    "tile/0/003",
    "tile/1/000.p/3",
    "tile/2/000.p/1",
    "tile/0/0",
    "tile/0/002.p/256",
    "tile/0/x000/001",
    "tile/-1/000",
    "tile/entries",
    "tile/0/001/",
    "tile/0/%2e%2e/001",
  ])("has no %s", async (path) => {
    expect((await get(`/log/${path}`)).status).toBe(404);
  });

  it("serves tiles from which anybody makes a proof that holds", async () => {
    const tiles = new Map<string, Buffer>();
    for (const path of ["tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"]) {
      tiles.set(path, (await get(`/log/${path}`)).bytes);
    }
    const source = (address: TileAddress) => tiles.get(formatTilePath(address));
    const index = 300;
    const proof = readTiles(size, source, (read) => inclusionProof(read, index, size));
    if (!proof.ok) throw new Error(proof.error.path);
    const hash = leafHash(Buffer.from(leaves[index] ?? ""));
    expect(
      verifyInclusion({ index, size, leafHash: hash, root: city.log.rootAt(size), proof: proof.value }),
    ).toBe(true);
  });

  it("proves an entry by its index and by its hash, under the newest checkpoint or an older one", async () => {
    const hash = leafHash(Buffer.from("leaf 7"));
    for (const query of ["index=7", `hash=${hash.toString("hex")}`]) {
      for (const [under, of] of [
        ["", size],
        ["&size=8", 8],
      ] as const) {
        const reply = await json(`/log/proof?${query}${under}`);
        expect(reply).toMatchObject({ index: 7, size: of, leafHash: hash.toString("base64") });
        const root = city.log.rootAt(of);
        expect(
          verifyInclusion({ index: 7, size: of, leafHash: hash, root, proof: decode(reply.proof) }),
        ).toBe(true);
      }
    }
  });

  it("proves that it has only grown", async () => {
    const { proof, size: newSize } = await json("/log/consistency?old=255");
    const roots = { oldRoot: city.log.rootAt(255), newRoot: city.log.rootAt(size) };
    expect(newSize).toBe(size);
    expect(verifyConsistency({ oldSize: 255, newSize, ...roots, proof: decode(proof) })).toBe(true);
  });

  it.each([
    [`/log/proof?index=${size}`, 404],
    ["/log/proof?index=7&size=7", 404],
    [`/log/proof?index=7&size=${size + 1}`, 404],
    [`/log/proof?hash=${"0".repeat(64)}`, 404],
    [`/log/proof?hash=${leafHash(Buffer.from(`leaf ${size}`)).toString("hex")}`, 404],
    ["/log/consistency?old=0", 404],
    [`/log/consistency?old=${size + 1}`, 404],
    ["/log/proof", 422],
    ["/log/proof?index=-1", 422],
    ["/log/proof?index=07", 422],
    ["/log/proof?hash=AA", 422],
    ["/log/proof?index=1&hash=AA", 422],
    ["/log/consistency?old=one", 422],
  ])("answers %s with %i", async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});
