/** Passes a request on as it came: a hop of the whole path without any of its work. Usage: relay.ts PORT NEXT */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { Pool } from "undici";

const [port, next] = process.argv.slice(2);
if (port === undefined || next === undefined) throw new Error("usage: relay PORT NEXT");
const pool = new Pool(next, { connections: 128 });
const headers = { "content-type": "application/json" };
const app = new Hono();
app.get("/ready", (context) => context.text("ready"));
app.post("/records", async (context) => {
  const body = await context.req.text();
  const reply = await pool.request({ method: "POST", path: "/records", headers, body });
  return context.body(await reply.body.text(), 200, headers);
});
serve({ fetch: app.fetch, port: Number(port), hostname: "127.0.0.1" });
