import { text } from "node:stream/consumers";

/** The identifier itself, or, for `-`, what stands on standard input: arguments end up in process lists and histories. */
export async function readIdentifier(given: string): Promise<string> {
  return given === "-" ? (await text(process.stdin)).trim() : given;
}
