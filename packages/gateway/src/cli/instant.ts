/** A day begins at its first instant in Beijing; an instant is taken as it is. */
export function instantOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? new Date(`${text}T00:00:00+08:00`).toISOString()
    : text;
}
