import { mkdir, rm } from "node:fs/promises";
import { writeFiles } from "./baoan/files.ts";
import { fillCluster } from "./dg/database.ts";
import { fillArchive } from "./hz/archive.ts";
import { fillDatabase } from "./longgang/database.ts";
import type { Build } from "./part.ts";

/** `build.ts <node> <folder> <subjects>`: makes one member's platform, in a process of its own. */
const builders: Readonly<Record<string, (build: Build) => Promise<void>>> = {
  "sz-baoan": writeFiles,
  "sz-longgang": fillDatabase,
  dg: fillCluster,
  hz: fillArchive,
};

const reportEvery = 2_000;

const [node = "", folder = "", subjects = ""] = process.argv.slice(2);
const build = builders[node];
if (build === undefined) throw new RangeError(`no platform is known for ${node}`);
// What an interrupted run left behind.
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
let done = 0;
await build({
  folder,
  subjects: Number(subjects),
  onRecord() {
    done += 1;
    if (done % reportEvery === 0) process.send?.(done);
  },
});
