/**
 * Text as GB18030 bytes: what many offices' spreadsheets still save. Node decodes the encoding but does
 * not write it, so the table is its decoder turned round. Two bytes reach every character of the sample.
 */
export function encodeGb18030(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * 2);
  let length = 0;
  for (const character of text) {
    const code = codeOf(character);
    if (code > 0xff) bytes[length++] = code >> 8;
    bytes[length++] = code & 0xff;
  }
  return bytes.subarray(0, length);
}

function codeOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return point;
  const code = twoByteCodes().get(character);
  if (code === undefined) throw new RangeError(`U+${point.toString(16)} takes four bytes in GB18030`);
  return code;
}

let table: ReadonlyMap<string, number> | undefined;

function twoByteCodes(): ReadonlyMap<string, number> {
  table ??= turnRound(new TextDecoder("gb18030"));
  return table;
}

/** GB 18030-2022 §5: first byte 81–FE, second 40–7E or 80–FE. */
function turnRound(decoder: Pick<InstanceType<typeof TextDecoder>, "decode">): ReadonlyMap<string, number> {
  const codes = new Map<string, number>();
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) {
      if (second === 0x7f) continue;
      const character = decoder.decode(Uint8Array.of(first, second));
      if ([...character].length === 1) codes.set(character, (first << 8) | second);
    }
  }
  return codes;
}
