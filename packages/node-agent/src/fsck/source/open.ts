import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { CommandError } from "@xinqiao/runtime/cli";
import { absent, exists } from "@xinqiao/runtime/files";
import { request } from "undici";
import { z } from "zod";
import type { Find } from "../finding.ts";
import { openGatewaySource } from "./archived.ts";
import type { KeptNote, LogSource } from "./port.ts";
import { openTileSource } from "./tiles.ts";

/** Where a log is. It crosses to the threads that check it. */
export type LogPlace =
  | { readonly kind: "database"; readonly path: string }
  | { readonly kind: "files"; readonly folder: string }
  | { readonly kind: "server"; readonly prefix: string };

const gatewayFileSchema = z.object({ log: z.string().default("log.db") });

/** A gateway's folder, its `log.db`, a folder in C2SP's layout, or a gateway's address. */
export async function findLog(given: string): Promise<LogPlace> {
  if (/^https?:\/\//.test(given)) {
    const url = new URL(given);
    const path = url.pathname === "/" ? "/log" : url.pathname.replace(/\/$/, "");
    return { kind: "server", prefix: `${url.origin}${path}` };
  }
  const found = await stat(given).catch(absent);
  if (found?.isFile()) return { kind: "database", path: resolve(given) };
  const config = await readFile(join(given, "gateway.json"), "utf8").catch(absent);
  const { log } = gatewayFileSchema.parse(config === undefined ? {} : JSON.parse(config));
  const path = resolve(given, log);
  if (await exists(path)) return { kind: "database", path };
  if ((await exists(join(given, "checkpoint"))) || (await exists(join(given, "tile")))) {
    return { kind: "files", folder: resolve(given) };
  }
  throw new CommandError(
    `${basename(given)} holds no log: neither ${basename(log)} nor checkpoint and tiles · 未找到日志`,
  );
}

/** @param counted by which the log's entries were counted before */
export function openSource(place: LogPlace, find: Find, counted?: KeptNote): LogSource {
  if (place.kind === "database") return openGatewaySource(place.path, find);
  if (place.kind === "files")
    return openTileSource((path) => readWhole(join(place.folder, path)), find, { counted });
  return openTileSource((path) => fetchWhole(`${place.prefix}/${path}`), find, { counted });
}

const readWhole = (file: string) => readFile(file).catch(absent);

async function fetchWhole(url: string): Promise<Buffer | undefined> {
  const reply = await request(url);
  const bytes = Buffer.from(await reply.body.arrayBuffer());
  if (reply.statusCode === 404) return undefined;
  if (reply.statusCode !== 200) throw new CommandError(`${reply.statusCode} for ${url}`);
  return bytes;
}
