import { clusterIn } from "./cluster.ts";

/** `serve.ts <folder> <port>`: Dongguan's PostgreSQL; the cluster ends with this process, whatever the signal. */
const [folder = "", port = ""] = process.argv.slice(2);
const cluster = await clusterIn(folder, Number(port));
await cluster.start();
process.send?.("ready");
