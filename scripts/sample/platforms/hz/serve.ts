import { serve } from "@hono/node-server";
import { untilTold } from "../until-told.ts";
import { hzApi } from "./api.ts";
import { openArchive } from "./archive.ts";
import { readKey } from "./key.ts";

/** `serve.ts <folder> <port>`: Huizhou's platform, until told to stop. */
const [folder = "", port = ""] = process.argv.slice(2);
const archive = openArchive(folder);
const key = await readKey(folder);
const server = serve({ fetch: hzApi(archive, key).fetch, hostname: "127.0.0.1", port: Number(port) });
await untilTold();
server.close();
if ("closeAllConnections" in server) server.closeAllConnections();
archive.close();
