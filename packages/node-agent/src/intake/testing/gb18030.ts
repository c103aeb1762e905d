/**
 * GB18030 bytes of a text. Node decodes the encoding but does not write it, so that the table is turned
 * round: every two-byte code is decoded once, and what they lack is looked for among the four-byte ones.
 */
export function gb18030(text: string): Buffer {
  return Buffer.concat([...text].map((character) => encode(character)));
}

const decoder = new TextDecoder("gb18030", { fatal: true });
const twoBytes = new Map<string, Buffer>();

function encode(character: string): Buffer {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return Buffer.from([point]);
  if (twoBytes.size === 0) fillTwoBytes();
  return twoBytes.get(character) ?? fourBytes(character, point);
}

function fillTwoBytes(): void {
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const bytes = Buffer.from([lead, trail]);
      const character = decoder.decode(bytes);
      if (!twoBytes.has(character)) twoBytes.set(character, bytes);
    }
  }
}

/** GB 18030: characters beyond U+FFFF follow each other from 90308130 on. */
function fourBytes(character: string, point: number): Buffer {
  if (point < 0x10000) throw new RangeError(`no two-byte code for ${character}`);
  const index = point - 0x10000;
  return Buffer.from([
    0x90 + Math.floor(index / 12_600),
    0x30 + (Math.floor(index / 1_260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  ]);
}
