/**
 * What a team would put together in a week from the same parts, to compare with: Hono, a signature
 * library, fetch, one SQLite insert a request. It has no fan-out, breaker, deadline, replay defence,
 * policy, intent before the question or tree over the log. One key for all keeps it simple.
 * Usage: server.ts KEYS PORT LOG [UPSTREAM | --store STORE]
 */
import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { createSources, openStore } from "@xinqiao/node-agent";
import { baseCatalogue, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, subjectSchema } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { Hono } from "hono";
import { check, importKeys, signedHeaders } from "./signed.ts";

const [keyFile = "", port = "", logFile = "", upstream = "", storeFile = ""] = process.argv.slice(2);
const { signer, verifier } = await importKeys(JSON.parse(readFileSync(keyFile, "utf8")));
const self = `http://127.0.0.1:${port}/ask`;
const log = new Database(logFile);
log.pragma("journal_mode = WAL");
log.pragma("synchronous = FULL");
log.exec("CREATE TABLE IF NOT EXISTS log (at INTEGER NOT NULL, bytes INTEGER NOT NULL)");
const insert = log.prepare("INSERT INTO log VALUES (?, ?)");
const respond = upstream === "--store" ? await readingStore(storeFile) : forwarding(upstream);

const app = new Hono();
app.get("/ready", (context) => context.text("ready"));
app.post("/ask", async (context) => {
  const body = await context.req.text();
  await check(self, body, context.req.header(), verifier);
  const answer = await respond(body);
  insert.run(Date.now(), answer.length);
  return new Response(answer, { headers: await signedHeaders(self, answer, signer) });
});
serve({ fetch: app.fetch, port: Number(port), hostname: "127.0.0.1" });

function forwarding(url: string) {
  return async (body: string): Promise<string> => {
    const reply = await fetch(url, { method: "POST", body, headers: await signedHeaders(url, body, signer) });
    const answer = await reply.text();
    await check(url, answer, Object.fromEntries(reply.headers), verifier);
    return answer;
  };
}

async function readingStore(file: string) {
  const catalogue = indexCatalogue(baseCatalogue());
  const source = await createSources([{ type: "file", name: "files" }], {
    store: openStore(file),
    catalogue: () => catalogue,
    jurisdiction: jurisdictionSchema.parse("440306"),
    now: Date.now,
  });
  const items = [itemCodeSchema.parse("penalty")];
  return async (body: string): Promise<string> => {
    const subject = subjectSchema.parse(JSON.parse(body).subject);
    const found = await source.find({ subject, items }, AbortSignal.timeout(5_000));
    if (!found.ok) throw new Error(found.error.code);
    return JSON.stringify(found.value);
  };
}
