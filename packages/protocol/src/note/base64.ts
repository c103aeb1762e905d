/** RFC 4648 §4 and nothing else: one text for some bytes, so what was signed has no second spelling. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
