import { randomBytes, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openAuditLog } from "@xinqiao/gateway";
import { itemCodeSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import Database from "better-sqlite3";
import { closedLoop } from "./load.ts";
import type { Figure } from "./table.ts";

const actor = nodeIdSchema.parse("sz-baoan");

const draft = (): LogEntryDraft => ({
  kind: "lookup.intent",
  exchange: randomUUID(),
  actor,
  purpose: purposeCodeSchema.parse("bid-review"),
  items: [itemCodeSchema.parse("penalty")],
  jurisdictions: [jurisdictionSchema.parse("441900")],
  targets: [nodeIdSchema.parse("dg")],
  deadlineMs: 1_000,
  private: { subject: "uscc:91440300TEXT000012" },
});

/** Durable appends a second with so many callers at once, beside what SQLite commits of the same rows by itself. */
export async function measureAppending(folder: string, seconds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const callers of [1, 16, 128]) {
    const path = join(folder, `appended-${callers}.db`);
    await appendFor(path, callers, 1);
    const ours = await appendFor(path, callers, seconds);
    const raw = rawFor(path, join(folder, `raw-${callers}.db`), callers, seconds);
    const name = `durable appends, ${callers} ${callers === 1 ? "caller" : "callers"}`;
    figures.push(
      { name, value: ours, unit: "/s" },
      { name: "… SQLite alone, the same rows and commits", value: raw, unit: "/s" },
      { name: "… ours over that", value: ours / raw, unit: "×", aim: { atLeast: 0.7 } },
    );
    rmSync(path);
  }
  return figures;
}

async function appendFor(path: string, callers: number, seconds: number): Promise<number> {
  const log = await openAuditLog({
    path,
    origin: "xinqiao/sz",
    tagKey: randomBytes(32),
    now: Date.now,
    minFreeBytes: 0,
  });
  const { perSecond, failed } = await closedLoop(callers, seconds, async () => {
    const nonce = randomBytes(16).toString("base64url");
    const claim = { keyId: "key", nonce, expiresAt: Date.now() + 300_000 };
    const appended = await log.append(draft(), claim);
    if (!appended.ok) throw new Error(appended.error.code);
  });
  await log.close();
  if (failed > 0) throw new Error(`${failed} appends failed`);
  return perSecond;
}

/** Rows as long as those that were appended, made beforehand, so many to a commit. */
function rawFor(appended: string, path: string, callers: number, seconds: number): number {
  const database = new Database(appended);
  database.prepare("VACUUM INTO ?").run(path);
  const [leaf, sealed] = [
    database.prepare<[], string>("SELECT leaf FROM entry ORDER BY idx DESC LIMIT 1").pluck().get(),
    database.prepare<[], Buffer>("SELECT sealed FROM evidence ORDER BY id DESC LIMIT 1").pluck().get(),
  ];
  database.close();
  const raw = new Database(path);
  raw.pragma("journal_mode = WAL");
  raw.pragma("synchronous = FULL");
  raw.pragma("secure_delete = ON");
  const insert = {
    entry: raw.prepare(
      "INSERT INTO entry (idx, at, kind, exchange, leaf) VALUES (?, ?, 'lookup.intent', ?, ?)",
    ),
    node: raw.prepare("INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)"),
    nonce: raw.prepare("INSERT INTO nonce (key_id, nonce, expires_at) VALUES ('key', ?, ?)"),
    open: raw.prepare("INSERT INTO open_intent (entry, exchange, actor) VALUES (?, ?, 'sz-baoan')"),
    evidence: raw.prepare(
      "INSERT INTO evidence (entry, part, tag, until, sealed) VALUES (?, 'entry', ?, ?, ?)",
    ),
    head: raw.prepare("INSERT OR REPLACE INTO head (one, size, root) VALUES (1, ?, ?)"),
  };
  const [hash, tag] = [randomBytes(32), randomBytes(16)];
  const first = (raw.prepare<[], number>("SELECT max(idx) FROM entry").pluck().get() ?? -1) + 1;
  let next = first;
  const commit = raw.transaction(() => {
    for (let row = 0; row < callers; row += 1) {
      const [at, exchange] = [Date.now(), randomUUID()];
      insert.entry.run(next, at, exchange, leaf);
      for (let level = 0; next % 2 ** level === 2 ** level - 1; level += 1) {
        insert.node.run(level, Math.floor(next / 2 ** level), hash);
      }
      insert.nonce.run(randomBytes(16).toString("base64url"), at);
      insert.nonce.run(`id:${exchange}`, at);
      insert.open.run(next, exchange);
      if (sealed) insert.evidence.run(next, tag, at, sealed);
      next += 1;
    }
    insert.head.run(next, hash);
  });
  const begun = performance.now();
  while (performance.now() - begun < seconds * 1_000) commit.immediate();
  const perSecond = ((next - first) * 1_000) / (performance.now() - begun);
  raw.close();
  rmSync(path);
  return perSecond;
}
