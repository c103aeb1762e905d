import { Pool } from "undici";
import type { BenchAgent } from "./federation.ts";
import type { Work } from "./load.ts";
import { benchUscc } from "./penalties.ts";

export interface Asking {
  readonly ask: Work;
  close(): Promise<void>;
}

/** Asks as the member's platform does: plain JSON to its agent, which does the signing and the checking. */
export function askThrough(agent: BenchAgent, jurisdictions: readonly string[], subjects: number): Asking {
  const pool = new Pool(agent.local, { connections: 256 });
  const headers = { "content-type": "application/json", authorization: `Bearer ${agent.token}` };
  return {
    async ask(turn) {
      const body = JSON.stringify({
        subject: { kind: "enterprise", scheme: "uscc", id: benchUscc(turn % subjects) },
        items: ["penalty"],
        purpose: "bid-review",
        jurisdictions,
        deadlineMs: 5_000,
      });
      const reply = await pool.request({ method: "POST", path: "/v1/lookups", headers, body });
      const text = await reply.body.text();
      if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}: ${text.slice(0, 200)}`);
      const { complete, results } = JSON.parse(text);
      if (!complete || results.length !== jurisdictions.length || results[0].records.length !== 2) {
        throw new Error("an incomplete exchange");
      }
    },
    close: () => pool.close(),
  };
}

/** Asks the same source without any of it: no signature, no log, no gateway. */
export function askDirectly(origin: string, subjects: number): Asking {
  const pool = new Pool(origin, { connections: 256 });
  return {
    async ask(turn) {
      const body = JSON.stringify({ id: benchUscc(turn % subjects) });
      const headers = { "content-type": "application/json" };
      const reply = await pool.request({ method: "POST", path: "/records", headers, body });
      const records: unknown = await reply.body.json();
      if (!Array.isArray(records) || records.length !== 2) throw new Error("a wrong answer");
    },
    close: () => pool.close(),
  };
}
