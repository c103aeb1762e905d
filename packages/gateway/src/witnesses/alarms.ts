import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import { publishFile } from "@xinqiao/runtime/files";
import { z } from "zod";
import type { AuditLog } from "../log/index.ts";
import type { WitnessAlarm } from "./port.ts";

const ending = ".json";

/** Keeps both checkpoints of an alarm in a file of its own: they are evidence, whatever becomes of the log. */
export async function keepAlarm(folder: string, alarm: WitnessAlarm, at: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ at: new Date(at).toISOString(), ...alarm }, null, 2);
  await publishFile(join(folder, `${at}-${alarm.witness}${ending}`), `${text}\n`, 0o600);
}

const alarmSchema = z.object({
  witness: nodeIdSchema,
  finding: z.enum(["ahead", "forked"]),
  heldSize: z.number(),
  heldRoot: z.string(),
});

/** Longer than any alarm waits. */
const claimMs = 10 * 366 * 86_400_000;

/**
 * Writes alarms of before into the log, each once. Only here, in a log that its witnesses have found to be whole again: the
 * one that was contradicted must not be gone on with.
 */
export async function recordAlarms(
  folder: string,
  log: Pick<AuditLog, "append">,
  now: () => number,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(ending)).sort()) {
    const alarm = alarmSchema.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
    const claim = { keyId: "alarm", nonce: name, expiresAt: now() + claimMs };
    const written = await log.append({ kind: "witness.alarm", exchange: null, actor: null, ...alarm }, claim);
    if (!written.ok && written.error.code !== "signature.replayed") {
      throw new FaultError(fault(written.error.code));
    }
  }
}
