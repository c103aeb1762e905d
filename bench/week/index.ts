import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "undici";
import type { Asking } from "../asking.ts";
import { benchUscc } from "../penalties.ts";
import { freePort, type Running, startProcess } from "../processes.ts";
import { check, importKeys, signedHeaders } from "./signed.ts";

/** Starts the week's gateway and node over a member's store, and asks through them, signing and checking. */
export async function startWeek(folder: string, store: string, subjects: number): Promise<Asking> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pair = {
    privateJwk: privateKey.export({ format: "jwk" }),
    publicJwk: publicKey.export({ format: "jwk" }),
  };
  const keyFile = join(folder, "week-keys.json");
  writeFileSync(keyFile, JSON.stringify(pair));
  const [nodePort, gatewayPort] = [await freePort(), await freePort()];
  const start = (port: number, ...rest: string[]): Promise<Running> =>
    startProcess(
      [
        join(import.meta.dirname, "server.ts"),
        keyFile,
        String(port),
        join(folder, `week-${port}.db`),
        ...rest,
      ],
      `http://127.0.0.1:${port}/ready`,
    );
  const node = await start(nodePort, "--store", store);
  const gateway = await start(gatewayPort, `http://127.0.0.1:${nodePort}/ask`);
  const { signer, verifier } = await importKeys(pair);
  const url = `http://127.0.0.1:${gatewayPort}/ask`;
  const pool = new Pool(new URL(url).origin, { connections: 256 });
  return {
    async ask(turn) {
      const body = JSON.stringify({
        subject: { kind: "enterprise", scheme: "uscc", id: benchUscc(turn % subjects) },
      });
      const reply = await pool.request({
        method: "POST",
        path: "/ask",
        headers: await signedHeaders(url, body, signer),
        body,
      });
      const answer = await reply.body.text();
      const headers = Object.fromEntries(
        Object.entries(reply.headers).map(([name, value]) => [name, String(value)]),
      );
      await check(url, answer, headers, verifier);
      if (JSON.parse(answer).records.length !== 2) throw new Error("a wrong answer");
    },
    async close() {
      await pool.close();
      await Promise.all([gateway.stop(), node.stop()]);
    },
  };
}
