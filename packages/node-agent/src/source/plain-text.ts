import { cellText } from "../row/index.ts";

/** A state or identifier as the platform has it; what cannot be read as text matches nothing, like the empty text. */
export function plainText(value: unknown): string {
  const text = cellText(value);
  return text.ok ? text.value : "";
}
