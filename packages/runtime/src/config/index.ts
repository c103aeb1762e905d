import { readFile } from "node:fs/promises";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { z } from "zod";

/** Everything wrong with a configuration, each line naming the setting and what it should be. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(file: string, faults: readonly string[]) {
    super(`${file} is not usable · 配置无效:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/** Validates a whole configuration at once: either a value to trust, or the full list of faults. */
export function parseConfig<T extends z.ZodType>(
  schema: T,
  raw: unknown,
): Result<z.output<T>, readonly string[]> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  return err(parsed.error.issues.map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`));
}

/** Reads and validates a JSON file. Throws a ConfigError with every fault; never shows a value. */
export async function readConfig<T extends z.ZodType>(schema: T, file: string): Promise<z.output<T>> {
  const parsed = parseConfig(schema, await readJson(file));
  if (!parsed.ok) throw new ConfigError(file, parsed.error);
  return parsed.value;
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new ConfigError(file, ["cannot be read: does it exist, and may this user read it?"]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(file, ["is not valid JSON"]);
  }
}

/** `host:port` as an operator writes it; port 0 lets the system choose. */
export const addressSchema = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, "host:port")
  .transform((text) => {
    const colon = text.lastIndexOf(":");
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, "port is at most 65535");
export type Address = z.output<typeof addressSchema>;

/** `https://host[:port]` with nothing behind it: the prefix of every `@target-uri`. */
export const originSchema = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => new URL(text).origin === text,
    "an origin: scheme, host and port, no path and no final slash",
  );

export const logLevelSchema = z.enum(["fatal", "error", "warn", "info", "debug", "silent"]);
