import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cosign, logOrigin, signCheckpoint, witnessName } from "@xinqiao/protocol/checkpoint";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf, type Signer } from "@xinqiao/protocol/keys";
import { appendLeaf, emptyFrontier, type Frontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import { formatNote, formatVerifierKey, noteKey, noteSigner, parseNote } from "@xinqiao/protocol/note";
import { encodeBundle, formatTilePath, hashTile, tileIn, tileWidth } from "@xinqiao/protocol/tiles";
import Database from "better-sqlite3";

/** A node with a key of its own. */
export interface Keyed {
  readonly node: NodeId;
  readonly jwk: ReturnType<typeof publicOf>;
  readonly signer: Signer;
}

export function keyed(node: string): Keyed {
  const jwk = generatePrivateJwk("ed25519");
  const imported = importSigner(jwk);
  if (!imported.ok) throw new Error(imported.error);
  return { node: nodeIdSchema.parse(node), jwk: publicOf(jwk), signer: imported.value };
}

export const city: Keyed = keyed("sz");
export const witness: Keyed = keyed("sz-baoan");
const logKey = noteKey("signature", logOrigin(city.node), city.jwk);
export const originKey: string = formatVerifierKey(logKey);

/** What a registry lists: the log's key, and a witness. */
export const registry: string = JSON.stringify({
  iss: city.node,
  version: 1,
  prev: null,
  iat: 1_700_000_000,
  exp: 1_900_000_000,
  grace: 0,
  keys: [{ jwk: city.jwk, notBefore: "2026-01-01T00:00:00Z" }],
  log: [{ jwk: city.jwk, notBefore: "2026-01-01T00:00:00Z" }],
  members: [],
});

const start = Date.parse("2026-03-01T02:03:04.005Z");

/** Intents and their outcomes by turns, a millisecond apart. */
export function leafAt(index: number, changed: object = {}): string {
  const at = new Date(start + index).toISOString();
  const exchange = `6f1c1f0e-3a56-4c55-8f1e-${String(index - (index % 2)).padStart(12, "0")}`;
  const common = {
    v: 1,
    at,
    kind: index % 2 === 0 ? "lookup.intent" : "lookup.outcome",
    exchange,
    actor: "sz-baoan",
  };
  const own =
    index % 2 === 0
      ? {
          purpose: "bid-review",
          items: ["penalty"],
          jurisdictions: ["441900"],
          targets: ["dg"],
          deadlineMs: 2000,
          commitments: { subject: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" },
        }
      : {
          intent: index - 1,
          complete: true,
          rows: [{ jurisdiction: "441900", node: "dg", status: "none", latencyMs: 3 }],
        };
  return JSON.stringify({ ...common, ...own, ...changed });
}

/** Signed by the log, and seen by the witness. */
export async function checkpointOf(frontier: Frontier, by: Keyed = city): Promise<string> {
  const key = noteKey("signature", logOrigin(by.node), by.jwk);
  const checkpoint = { origin: logOrigin(by.node), size: frontier.size, root: rootOf(frontier) };
  const signed = parseNote(await signCheckpoint(checkpoint, [noteSigner(key, by.signer)]));
  if (!signed.ok) throw new Error(signed.error.reason);
  const cosignature = await cosign(
    signed.value.text,
    noteKey("cosignature", witnessName(witness.node), witness.jwk),
    witness.signer,
    Math.floor(start / 1000),
  );
  return formatNote({ ...signed.value, signatures: [...signed.value.signatures, cosignature] });
}

/** A `log.db` with what a check reads of one, as the gateway writes it. @param signed sizes that have a checkpoint */
export async function makeDatabase(
  path: string,
  size: number,
  { signed = [size], leaf = leafAt }: { signed?: readonly number[]; leaf?: (index: number) => string } = {},
): Promise<Frontier> {
  const database = new Database(path);
  database.pragma("synchronous = OFF");
  database.exec(`
    CREATE TABLE entry (idx INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, exchange TEXT, leaf TEXT NOT NULL) STRICT;
    CREATE TABLE node (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;
    CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
    CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, at INTEGER NOT NULL, note TEXT NOT NULL, cosigners INTEGER NOT NULL DEFAULT 0) STRICT;`);
  const entry = database.prepare("INSERT INTO entry VALUES (?, ?, '', NULL, ?)");
  const node = database.prepare("INSERT INTO node VALUES (?, ?, ?)");
  let frontier = emptyFrontier;
  const signing = new Map<number, Frontier>();
  if (signed.includes(0)) signing.set(0, frontier);
  database.transaction(() => {
    for (let index = 0; index < size; index += 1) {
      const text = leaf(index);
      entry.run(index, start + index, text);
      const appended = appendLeaf(frontier, leafHash(Buffer.from(text)));
      for (const { level, index: place, hash } of appended.nodes) node.run(level, place, hash);
      frontier = appended.frontier;
      if (signed.includes(frontier.size)) signing.set(frontier.size, frontier);
    }
    database.prepare("INSERT INTO head VALUES (1, ?, ?)").run(size, rootOf(frontier));
  })();
  const checkpoint = database.prepare("INSERT INTO checkpoint VALUES (?, 0, ?, 1)");
  for (const [at, head] of signing) checkpoint.run(at, await checkpointOf(head));
  database.close();
  return frontier;
}

/** The same log as files in C2SP's layout, with the newest checkpoint of it. */
export async function makeFiles(folder: string, path: string): Promise<void> {
  const database = new Database(path, { readonly: true });
  const leaves = database
    .prepare<[number, number], string>("SELECT leaf FROM entry WHERE idx >= ? AND idx < ?")
    .pluck();
  const node = database
    .prepare<[number, number], Buffer>("SELECT hash FROM node WHERE level = ? AND idx = ?")
    .pluck();
  const read = (level: number, index: number) => node.get(level, index) ?? Buffer.alloc(0);
  const newest = database
    .prepare<[], { size: number; note: string }>(
      "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1",
    )
    .get();
  const { size, note } = newest ?? { size: 0, note: "" };
  const put = async (name: string, bytes: Uint8Array | string) => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  };
  await put("checkpoint", note);
  for (const level of ["entries", 0, 1, 2] as const) {
    for (let index = 0; ; index += 1) {
      const address = tileIn(size, level, index);
      if (address === undefined) break;
      const from = index * tileWidth;
      const bundle = encodeBundle(leaves.all(from, from + address.width).map((text) => Buffer.from(text)));
      if (!bundle.ok) throw new Error(bundle.error.reason);
      const bytes = level === "entries" ? bundle.value : hashTile(read, { ...address, level });
      await put(formatTilePath(address), bytes);
    }
  }
  database.close();
}
