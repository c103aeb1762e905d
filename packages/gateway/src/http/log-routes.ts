import { consistencyProof, inclusionProof } from "@xinqiao/protocol/log";
import { fault } from "@xinqiao/protocol/problem";
import { parseTilePath, type TileAddress, tileIn } from "@xinqiao/protocol/tiles";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import type { Context, Hono } from "hono";
import { z } from "zod";
import type { KeptCheckpoint, PublishedLog } from "../log/index.ts";
import { tileBytes } from "../tile-files/index.ts";
import { nodeReader } from "../witnesses/index.ts";

export interface LogRouteDependencies {
  readonly hop: string;
  readonly published: PublishedLog;
  /** Organisations that must have cosigned what is shown first. */
  readonly quorum: number;
  /** Where an entry with this leaf hash stands; nothing when the log has none. */
  readonly indexOf?: (leafHash: Buffer) => number | undefined;
}

const unchanging = { "cache-control": "public, max-age=31536000, immutable" };

/**
 * `GET /log/…` (PR-AUDIT §7): checkpoints, tiles, entries and proofs. Public, as C2SP has it: an entry holds nothing
 * about any subject, and whoever is to hold the city to its log must not need its leave to read it.
 */
export function serveLog(app: Hono<HttpEnv>, deps: LogRouteDependencies): void {
  const { hop, published, quorum } = deps;
  const notFound = () => problemReply(fault("request.not-found"), { hop });
  const checkpoint = (context: Context<HttpEnv>, kept: KeptCheckpoint | undefined) =>
    kept === undefined
      ? notFound()
      : context.body(kept.note, 200, {
          "content-type": "text/plain; charset=utf-8",
          "cache-control": "no-cache",
        });
  // A new one is signed each second, and none of those has been seen by anybody yet.
  app.get("/log/checkpoint", (context) => checkpoint(context, published.witnessed(quorum)));
  app.get("/log/checkpoint/newest", (context) => checkpoint(context, published.newest()));
  app.get("/log/tile/*", (context) => {
    const address = parseTilePath(context.req.path.slice("/log/".length));
    const bytes = address && servedTile(address, published);
    if (bytes === undefined) return notFound();
    return context.body(bytes, 200, { "content-type": "application/octet-stream", ...unchanging });
  });
  app.get("/log/proof", (context) => proofReply(context, deps) ?? notFound());
  app.get("/log/consistency", (context) => consistencyReply(context, deps) ?? notFound());
}

/** Nothing beyond the newest checkpoint: nobody could check it. */
function servedTile(address: TileAddress, log: PublishedLog): Uint8Array<ArrayBuffer> | undefined {
  const whole = tileIn(log.newest()?.size ?? 0, address.level, address.index);
  if (whole === undefined || whole.width < address.width) return undefined;
  const bytes = tileBytes(address, log);
  return bytes && Uint8Array.from(bytes);
}

const count = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,15})$/)
  .transform(Number);
const hashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((hex) => Buffer.from(hex, "hex"));
const proofQuery = z.union([
  z.strictObject({ index: count, size: count.optional() }),
  z.strictObject({ hash: hashSchema, size: count.optional() }),
]);
const consistencyQuery = z.strictObject({ old: count, size: count.optional() });
const base64 = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString("base64"));

/** `?index=` or `?hash=`, and the size of a checkpoint; of the newest by default. */
function proofReply(context: Context<HttpEnv>, { hop, published, indexOf }: LogRouteDependencies) {
  const query = proofQuery.safeParse(context.req.query()).data;
  if (query === undefined) return problemReply(fault("request.shape-invalid"), { hop });
  const index = "index" in query ? query.index : indexOf?.(query.hash);
  const size = sizeWithin(query.size, published);
  if (index === undefined || size === undefined || index >= size) return undefined;
  const [leafHash] = published.hashes(0, index, index + 1);
  if (leafHash === undefined) return undefined;
  const proof = base64(inclusionProof(nodeReader(published), index, size));
  return context.json({ index, size, leafHash: leafHash.toString("base64"), proof });
}

/** `?old=` and the size of a later checkpoint; of the newest by default. */
function consistencyReply(context: Context<HttpEnv>, { hop, published }: LogRouteDependencies) {
  const query = consistencyQuery.safeParse(context.req.query()).data;
  if (query === undefined) return problemReply(fault("request.shape-invalid"), { hop });
  const size = sizeWithin(query.size, published);
  if (size === undefined || query.old < 1 || query.old > size) return undefined;
  const proof = base64(consistencyProof(nodeReader(published), query.old, size));
  return context.json({ old: query.old, size, proof });
}

function sizeWithin(size: number | undefined, published: PublishedLog): number | undefined {
  const newest = published.newest()?.size ?? 0;
  const asked = size ?? newest;
  return asked <= newest ? asked : undefined;
}
