import assert from "node:assert/strict";
import { openPublishedLog, readEntries, verifyLog } from "@xinqiao/gateway";
import { readCheckpoint } from "@xinqiao/protocol/checkpoint";
import { exchangeSchema } from "@xinqiao/protocol/exchange";
import { request } from "undici";
import { type GatewayProcess, type Party, prepare, sampleLookup, send } from "../constellation/index.ts";

/** What was said to somebody, and must hold ever after. */
export interface Promised {
  /** Entries by their index: the exchange each belongs to. */
  readonly entries: Map<number, { readonly kind: string; readonly exchange: string }>;
  /** Roots that a checkpoint named, by size: as a witness that keeps every one that was served. */
  readonly roots: Map<number, string>;
}

export const nothingPromised = (): Promised => ({ entries: new Map(), roots: new Map() });

const callers = 8;

/** Puts load on the gateway and kills it after so many milliseconds, wherever it stands. */
export async function askUntilKilled(
  gateway: GatewayProcess,
  asker: Party,
  afterMs: number,
  promised: Promised,
): Promise<void> {
  const state = { killed: false };
  const asking = async () => {
    while (!state.killed) {
      const sent = await send(await prepare(asker, gateway, sampleLookup())).catch(() => undefined);
      if (sent?.status !== 200) continue;
      const { exchange, log } = exchangeSchema.parse(JSON.parse(sent.text));
      promised.entries.set(log.intent, { kind: "lookup.intent", exchange });
      promised.entries.set(log.outcome, { kind: "lookup.outcome", exchange });
    }
  };
  const watching = async () => {
    while (!state.killed) await collect(gateway, promised).catch(() => undefined);
  };
  const all = [watching(), ...Array.from({ length: callers }, asking)];
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await gateway.kill("SIGKILL");
  state.killed = true;
  await Promise.all(all);
}

async function collect({ origin }: GatewayProcess, { roots }: Promised): Promise<void> {
  const reply = await request(`${origin}/log/checkpoint`);
  const read = readCheckpoint(await reply.body.text());
  if (reply.statusCode !== 200 || !read.ok) return;
  const { size, root } = read.value.checkpoint;
  const text = Buffer.from(root).toString("base64");
  assert.equal(roots.get(size) ?? text, text, "two roots of one size were served");
  roots.set(size, text);
}

/** Everything that was ever promised still stands in the log. */
export function assertKept(path: string, { entries, roots }: Promised): void {
  assert.deepEqual(verifyLog(path).findings, []);
  const log = readEntries(path);
  for (const [index, { kind, exchange }] of entries) {
    assert.equal(log[index]?.kind, kind);
    assert.equal(log[index]?.exchange, exchange);
  }
  const published = openPublishedLog(path);
  try {
    for (const [size, root] of roots) {
      assert.ok(size <= log.length, "more was signed than there is");
      assert.equal(published.rootAt(size).toString("base64"), root);
      assert.equal(published.covering(size, 0)?.size, size, "a checkpoint that was served is gone");
    }
  } finally {
    published.close();
  }
}
