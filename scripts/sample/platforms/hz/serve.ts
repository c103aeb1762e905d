import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { untilTold } from "../until-told.ts";
import { hzApi } from "./api.ts";
import { keyFile, openArchive } from "./archive.ts";

/** `serve.ts <folder> <port>`: Huizhou's platform, until told to stop. */
const [folder = "", port = ""] = process.argv.slice(2);
const archive = openArchive(folder);
const key = (await readFile(join(folder, keyFile), "utf8")).trim();
const server = serve({ fetch: hzApi(archive, key).fetch, hostname: "127.0.0.1", port: Number(port) });
await untilTold();
server.close();
if ("closeAllConnections" in server) server.closeAllConnections();
archive.close();
