import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { publishFile } from "@xinqiao/runtime/files";
import type { WitnessAlarm } from "./port.ts";

/** Keeps both checkpoints of an alarm in a file of its own: they are evidence, whatever becomes of the log. */
export async function keepAlarm(folder: string, alarm: WitnessAlarm, at: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ at: new Date(at).toISOString(), ...alarm }, null, 2);
  await publishFile(join(folder, `${at}-${alarm.witness}.json`), `${text}\n`, 0o600);
}
