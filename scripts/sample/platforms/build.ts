import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { writeFiles } from "./baoan/files.ts";
import type { Build } from "./part.ts";

/** `build.ts <node> <folder> <subjects>`: makes one member's platform, in a process of its own. */
const builders: Readonly<Record<string, (build: Build) => Promise<void>>> = {
  "sz-baoan": writeFiles,
};
