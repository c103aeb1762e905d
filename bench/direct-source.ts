/** A member's store behind a plain HTTP call: what the whole path is compared with. */
import { serve } from "@hono/node-server";
import { createSources, openStore } from "@xinqiao/node-agent";
import { baseCatalogue, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, subjectSchema } from "@xinqiao/protocol/identity";
import { Hono } from "hono";

const [store, port] = process.argv.slice(2);
if (store === undefined || port === undefined) throw new Error("usage: direct-source STORE PORT");
const catalogue = indexCatalogue(baseCatalogue());
const source = await createSources([{ type: "file", name: "files" }], {
  store: openStore(store),
  catalogue: () => catalogue,
  jurisdiction: jurisdictionSchema.parse("440306"),
  now: Date.now,
});
const items = [itemCodeSchema.parse("penalty")];
const app = new Hono();
app.get("/ready", (context) => context.text("ready"));
app.post("/records", async (context) => {
  const { id } = await context.req.json();
  const subject = subjectSchema.parse({ kind: "enterprise", scheme: "uscc", id });
  const found = await source.find({ subject, items }, AbortSignal.timeout(5_000));
  return found.ok ? context.json(found.value.records) : context.text("failed", 503);
});
serve({ fetch: app.fetch, port: Number(port), hostname: "127.0.0.1" });
