import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { type Signer, thumbprint } from "@xinqiao/protocol/keys";
import { createKeyFile, readSigner } from "@xinqiao/runtime/keys";
import { gatewayMain } from "./processes.ts";
import { messageBytes } from "./suites.ts";
import type { Figure } from "./table.ts";

/** Signatures under way at once: as many lookups as the throughput is measured with. */
const atOnce = 32;

/** What it costs to have the key in another process, one signature after the other and many at once. */
export async function measureSigningDaemon(folder: string, seconds: number): Promise<readonly Figure[]> {
  const socket = join(folder, "signer.sock");
  const keys = [];
  for (const suite of ["ed25519", "sm2"] as const) {
    const file = join(folder, `${suite}.jwk.json`);
    keys.push({ suite, file, keyId: thumbprint(await createKeyFile(file, suite)) });
  }
  const args = [gatewayMain, "signer", "serve", "--socket", socket, ...keys.map(({ file }) => file)];
  const daemon = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  try {
    await started(daemon);
    const figures: Figure[] = [];
    for (const { suite, file, keyId } of keys) {
      const [local, remote] = [await readSigner(file), await readSigner({ socket, keyId })];
      const name = `sign through the daemon, ${suite}`;
      const [alone, one, many] = [
        await rate(local, 1, seconds),
        await rate(remote, 1, seconds),
        await rate(remote, atOnce, seconds),
      ];
      figures.push({ name: `${name}, one at a time`, value: one, unit: "/s" });
      figures.push({ name: `${name}, ${atOnce} at once`, value: many, unit: "/s" });
      figures.push({ name: `… over ${suite} in the process`, value: many / alone, unit: "×" });
    }
    return figures;
  } finally {
    daemon.kill("SIGTERM");
    if (daemon.exitCode === null) await once(daemon, "exit");
  }
}

async function started(daemon: ChildProcess): Promise<void> {
  if (daemon.stderr === null) throw new Error("the daemon's lines are not read");
  const died = once(daemon, "exit").then(() => {
    throw new Error("the signing daemon ended before it was ready");
  });
  await Promise.race([once(daemon.stderr, "data"), died]);
  died.catch(() => undefined);
}

/** Signatures a second with `width` under way, over about `seconds`. */
async function rate(signer: Signer, width: number, seconds: number): Promise<number> {
  const message = randomBytes(messageBytes);
  let count = 0;
  let end = performance.now() + 500;
  const sign = async () => {
    while (performance.now() < end) {
      await signer.sign(message);
      count += 1;
    }
  };
  const all = () => Promise.all(Array.from({ length: width }, sign));
  await all();
  count = 0;
  const begun = performance.now();
  end = begun + seconds * 1000;
  await all();
  return (count * 1000) / (performance.now() - begun);
}
