const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The JSON a JWS carries; nothing when it is none. */
export function parsePayload(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return undefined;
  }
}
