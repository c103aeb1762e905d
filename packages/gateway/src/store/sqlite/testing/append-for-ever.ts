import { randomBytes, randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { itemCodeSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { openAuditLog } from "../audit-log.ts";
import { tagKey } from "./tag-key.ts";

/**
 * Appends intents and outcomes for ever, many at once, and prints each index once it is acknowledged:
 * `intent <index> <exchange>`, `outcome <index> <exchange>`. Ends only by being killed.
 */
const [path = "", callers = "16"] = process.argv.slice(2);
const actor = nodeIdSchema.parse("sz-baoan");
const dg = nodeIdSchema.parse("dg");
const dongguan = jurisdictionSchema.parse("441900");

const log = await openAuditLog({ path, origin: "sz", tagKey, now: Date.now, minFreeBytes: 0, randomBytes });

/** Written at once, past every buffer of this process: what the parent reads was acknowledged. */
async function append(word: string, draft: LogEntryDraft, nonce?: string): Promise<number> {
  const claim = nonce === undefined ? undefined : { keyId: "key", nonce, expiresAt: Date.now() + 300_000 };
  const appended = await log.append(draft, claim);
  if (!appended.ok) throw new Error(appended.error.code);
  writeSync(1, `${word} ${appended.value.index} ${draft.exchange}\n`);
  return appended.value.index;
}

async function exchangeForEver(): Promise<never> {
  for (;;) {
    const exchange = randomUUID();
    const intent = await append(
      "intent",
      {
        kind: "lookup.intent",
        exchange,
        actor,
        purpose: purposeCodeSchema.parse("bid-review"),
        items: [itemCodeSchema.parse("penalty")],
        jurisdictions: [dongguan],
        targets: [dg],
        deadlineMs: 1_000,
        private: { subject: exchange },
      },
      exchange,
    );
    const row = { jurisdiction: dongguan, node: dg, status: "none", latencyMs: 1, answer: exchange } as const;
    await append("outcome", {
      kind: "lookup.outcome",
      exchange,
      actor,
      intent,
      complete: true,
      rows: [row],
    });
  }
}

await Promise.all(Array.from({ length: Number(callers) }, exchangeForEver));
