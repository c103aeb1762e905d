import type { BoundValue } from "../source/index.ts";

/**
 * A key or mark as text that remembers what it was: where a column has no type of its own, SQLite tells `5` from `'5'`.
 * Nothing for what cannot be compared.
 */
export function keyText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return `s${value}`;
    case "bigint":
      return `i${value}`;
    case "number":
      if (!Number.isFinite(value)) return undefined;
      return Number.isSafeInteger(value) ? `i${value}` : `r${value}`;
    default:
      return undefined;
  }
}

export function boundValue(text: string): BoundValue {
  const value = text.slice(1);
  if (text.startsWith("i")) return BigInt(value);
  return text.startsWith("r") ? Number(value) : value;
}
