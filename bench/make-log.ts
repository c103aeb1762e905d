import { openAuditLog } from "@xinqiao/gateway";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import Database from "better-sqlite3";

const perTransaction = 50_000;
const start = Date.parse("2026-03-01T00:00:00Z");

/** An exchange's two entries as a gateway writes them, by turns. */
function leafAt(index: number): string {
  const at = new Date(start + index).toISOString();
  const exchange = `6f1c1f0e-3a56-4c55-8f1e-${String(index - (index % 2)).padStart(12, "0")}`;
  const traceId = `4bf92f3577b34da6a3ce${String(index - (index % 2)).padStart(12, "0")}`;
  const commitment = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
  const kind = index % 2 === 0 ? "lookup.intent" : "lookup.outcome";
  const common = { v: 1, at, kind, exchange, actor: "sz-baoan", traceId };
  const asked = { purpose: "bid-review", items: ["penalty"], jurisdictions: ["441900"], targets: ["dg"] };
  const row = { jurisdiction: "441900", node: "dg", status: "ok", asOf: at, latencyMs: 12.5 };
  return JSON.stringify(
    index % 2 === 0
      ? { ...common, ...asked, deadlineMs: 2_000, commitments: { subject: commitment } }
      : { ...common, intent: index - 1, complete: true, rows: [{ ...row, answerCommitment: commitment }] },
  );
}

/** A gateway's `log.db` of so many entries, filled past its writer: with every hash, and without waiting for the disk. */
export async function makeLog(path: string, size: number): Promise<void> {
  const log = await openAuditLog({
    tagKey: Buffer.alloc(32),
    path,
    origin: "sz",
    now: Date.now,
    minFreeBytes: 0,
  });
  await log.close();
  const database = new Database(path);
  database.pragma("synchronous = OFF");
  const entry = database.prepare("INSERT INTO entry (idx, at, kind, exchange, leaf) VALUES (?, ?, ?, ?, ?)");
  const node = database.prepare("INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)");
  let frontier = emptyFrontier;
  const fill = database.transaction((to: number) => {
    for (let index = frontier.size; index < to; index += 1) {
      const leaf = leafAt(index);
      entry.run(index, start + index, index % 2 === 0 ? "lookup.intent" : "lookup.outcome", null, leaf);
      const appended = appendLeaf(frontier, leafHash(Buffer.from(leaf)));
      for (const { level, index: place, hash } of appended.nodes) node.run(level, place, hash);
      frontier = appended.frontier;
    }
  });
  while (frontier.size < size) fill(Math.min(size, frontier.size + perTransaction));
  database
    .prepare("INSERT OR REPLACE INTO head (one, size, root) VALUES (1, ?, ?)")
    .run(size, rootOf(frontier));
  database.close();
}
