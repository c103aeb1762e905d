import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { openPublishedLog } from "@xinqiao/gateway";
import { inclusionProof, verifyInclusion } from "@xinqiao/protocol/log";
import { makeLog } from "./make-log.ts";
import { quantile } from "./quantile.ts";
import type { Figure } from "./table.ts";

const proofs = 20_000;

/** How long one inclusion proof takes in a log of so many entries, anywhere in it. */
export async function measureProving(folder: string, entries: number): Promise<readonly Figure[]> {
  const path = join(folder, "proved.db");
  await makeLog(path, entries);
  const log = openPublishedLog(path);
  const root = log.rootAt(entries);
  const times: number[] = [];
  const read = (level: number, index: number) => log.hashes(level, index, index + 1)[0] ?? Buffer.alloc(0);
  for (let turn = 0; turn < proofs; turn += 1) {
    const index = Math.floor(Math.random() * entries);
    const begun = performance.now();
    const proof = inclusionProof(read, index, entries);
    times.push(performance.now() - begun);
    const leafHash = read(0, index);
    if (!verifyInclusion({ index, size: entries, leafHash, root, proof })) throw new Error("does not verify");
  }
  log.close();
  times.sort((a, b) => a - b);
  const bytes = statSync(path).size;
  rmSync(path);
  const millions = entries / 1_000_000;
  return [
    {
      name: `inclusion proof in a log of ${millions} million entries, p99`,
      value: quantile(times, 0.99) ?? Number.NaN,
      unit: "ms",
      aim: { under: 1 },
    },
    { name: "the log's storage per exchange, without evidence", value: (2 * bytes) / entries, unit: "bytes" },
  ];
}
