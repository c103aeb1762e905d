import { readFileSync } from "node:fs";

/**
 * Loaded before a process's own code (`--import shift.mjs?file=…`): its clock is ahead by the milliseconds that stand
 * in the file, from the moment they do. JavaScript: each of its threads loads it, too, and the first TypeScript that a
 * thread loads takes it a quarter of a second.
 */
const file = new URL(import.meta.url).searchParams.get("file") ?? "";
const real = Date.now.bind(Date);
let ahead = 0;

function look() {
  ahead = Number(readFileSync(file, "utf8"));
}

look();
setInterval(look, 20).unref();
Date.now = () => real() + ahead;
