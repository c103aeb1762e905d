import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Every way a text may lie in a file or in a process's memory. */
function formsOf(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text);
  const once = base64Of(utf8);
  const forms = [
    utf8,
    Buffer.from(text, "utf16le"),
    // As JSON may write it, and heap snapshots do.
    Buffer.from(escaped(text, (hex) => hex)),
    Buffer.from(escaped(text, (hex) => hex.toUpperCase())),
    ...once,
    // A token within a token.
    ...once.flatMap(base64Of),
  ];
  return [...new Map(forms.map((form) => [form.toString("latin1"), form])).values()];
}

function escaped(text: string, letters: (hex: string) => string): string {
  return text.replaceAll(/[^ -~]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${letters(character.charCodeAt(at).toString(16).padStart(4, "0"))}`)
      .join(""),
  );
}

/**
 * In base64 and base64url, in each of the three places where bytes can begin within it: as many characters as stand
 * for nothing but these bytes.
 */
function base64Of(bytes: Buffer): readonly Buffer[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    const whole = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [Buffer.from(whole), Buffer.from(whole.replaceAll("-", "+").replaceAll("_", "/"))];
  });
}

/**
 * Which of the markers lie in any of the pieces, in any of their forms. One pass for all of them: where three bytes are
 * the first of a form, the rest is compared.
 */
export function findMarkers(
  pieces: Buffer | readonly Buffer[],
  markers: readonly string[],
): readonly string[] {
  const forms = markers.flatMap((marker) => formsOf(marker).map((form) => ({ marker, form })));
  const heads = new Uint8Array(1 << 24);
  for (const { form } of forms) heads[form.readUIntLE(0, 3)] = 1;
  const found = new Set<string>();
  for (const bytes of Buffer.isBuffer(pieces) ? [pieces] : pieces) {
    let head = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      head = (head >> 8) | ((bytes[at] ?? 0) << 16);
      if (heads[head] !== 1) continue;
      for (const { marker, form } of forms) {
        if (form.readUIntLE(0, 3) !== head) continue;
        if (bytes.subarray(at - 2, at - 2 + form.length).equals(form)) found.add(marker);
      }
    }
  }
  return markers.filter((marker) => found.has(marker));
}

/** Which of the markers lie in the files of a folder, whoever they are of. */
export async function searchFolder(folder: string, markers: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const found = new Set<string>();
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name));
    for (const marker of findMarkers(bytes, markers)) found.add(marker);
  }
  return [...found];
}

const pieceBytes = 256 * 1024;
const neverTouched = Buffer.alloc(pieceBytes);

/**
 * Everything a process may write to of its memory: heap, buffers, stacks, what is freed and not yet overwritten. Copied
 * first and searched later: the process is not held up. Linux only, and for a child of this process.
 */
export async function copyMemory(pid: number): Promise<readonly Buffer[]> {
  const maps = await readFile(`/proc/${pid}/maps`, "utf8");
  const memory = await open(`/proc/${pid}/mem`);
  const mappings: Buffer[] = [];
  try {
    for (const [, from = "", to = ""] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
      const pieces: Buffer[] = [];
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += pieceBytes) {
        const length = Math.min(pieceBytes, end - at);
        const { buffer, bytesRead } = await memory
          .read(Buffer.allocUnsafe(length), 0, length, at)
          // A mapping that is gone by now, or one that the kernel does not show.
          .catch(() => ({ buffer: neverTouched, bytesRead: 0 }));
        const piece = buffer.subarray(0, bytesRead);
        if (!piece.equals(neverTouched.subarray(0, bytesRead))) pieces.push(piece);
      }
      if (pieces.length > 0) mappings.push(Buffer.concat(pieces));
    }
  } finally {
    await memory.close();
  }
  return mappings;
}
