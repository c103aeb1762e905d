const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes or text as a note may have it: UTF-8 without control characters but the newline; otherwise undefined. */
export function readPlain(raw: Uint8Array | string): string | undefined {
  const text = typeof raw === "string" ? raw : decodeUtf8(raw);
  return text !== undefined && isPlain(text) ? text : undefined;
}

/** Whether a text can be a note's. */
export function isNoteText(text: string): boolean {
  return text.endsWith("\n") && isPlain(text);
}

function isPlain(text: string): boolean {
  return text.isWellFormed() && !Buffer.from(text).some((byte) => byte < 0x20 && byte !== 0x0a);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
