import type { z } from "zod";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses bytes that have been verified. Names the fields at fault but never their values: a body
 * holds personal data and a fault is logged.
 */
export function parseJson<T extends z.ZodType>(body: Uint8Array, schema: T): Result<z.output<T>, Fault> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch {
    return err(fault("request.json-invalid"));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const unknown = parsed.error.issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown) return err(fault("request.field-unknown", undefined, { count: unknown.keys.length }));
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".") || "(body)"))];
  return err(fault("request.shape-invalid", undefined, { fields }));
}
