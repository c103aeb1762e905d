import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkLog } from "@xinqiao/node-agent/fsck";
import { makeLog } from "./make-log.ts";
import type { Figure } from "./table.ts";

const nodeBytes = 65;

/** How long a whole log takes to be checked, beside hashing as many bytes and doing nothing else. */
export async function measureChecking(folder: string, entries: number): Promise<readonly Figure[]> {
  const path = join(folder, "checked.db");
  await makeLog(path, entries);
  const place = { kind: "database", path } as const;
  async function check(reading: "nothing" | "order") {
    const begun = performance.now();
    const checked = await checkLog(place, { originKeys: [], toleranceMs: 60_000, reading });
    if (checked.found > 0 || checked.size !== entries) throw new Error(JSON.stringify(checked.findings[0]));
    return { ms: performance.now() - begun, leafBytes: checked.leafBytes };
  }
  await check("nothing");
  const tree = await check("nothing");
  const whole = await check("order");
  // Every leaf behind its prefix, and a node of two hashes behind its own for almost every leaf.
  const hashMs = rawHashMs(tree.leafBytes + entries * (1 + nodeBytes));
  rmSync(path);
  const seconds = (ms: number) => (ms * 1_000_000) / entries / 1_000;
  return [
    {
      name: "SHA-256 of what a tree of a million entries hashes, at once",
      value: seconds(hashMs),
      unit: "s",
    },
    { name: "that tree checked from its entries", value: seconds(tree.ms), unit: "s" },
    { name: "the check over the hashing", value: tree.ms / hashMs, unit: "×", aim: { under: 5 } },
    { name: "and with every entry read", value: seconds(whole.ms), unit: "s" },
  ];
}

function rawHashMs(bytes: number): number {
  const piece = Buffer.alloc(1024 * 1024, 7);
  const begun = performance.now();
  const hash = createHash("sha256");
  for (let left = bytes; left > 0; left -= piece.length)
    hash.update(piece.subarray(0, Math.min(left, piece.length)));
  hash.digest();
  return performance.now() - begun;
}
