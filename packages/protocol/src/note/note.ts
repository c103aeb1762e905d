import { err, ok, type Result } from "../result/index.ts";
import { decodeBase64 } from "./base64.ts";
import type { NoteFault } from "./fault.ts";
import { type KeyName, keyNameSchema } from "./name.ts";
import { readPlain } from "./text.ts";

/** One signature line: whose key, and what it signed with. */
export interface NoteSignature {
  readonly name: KeyName;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** C2SP signed-note: a text and who signed it. Its text says nothing before one of them is verified. */
export interface Note {
  /** Lines, each with its newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** As many as Go's own reader takes; C2SP asks for 16 at least. */
export const maxSignatures = 100;
/** As Go's reader: room for a hundred post-quantum signatures. */
export const maxNoteBytes = 1_000_000;

const idBytes = 4;
const malformed = (detail: string) => err({ reason: "malformed", detail } as const);

/** Reads a note as it travels; nothing in it is verified. */
export function parseNote(raw: Uint8Array | string): Result<Note, NoteFault> {
  if (Buffer.byteLength(raw) > maxNoteBytes) return malformed(`longer than ${maxNoteBytes} bytes`);
  const note = readPlain(raw);
  if (note === undefined) return malformed("not plain text in UTF-8");
  // The last empty line: the text itself may have others.
  const end = note.lastIndexOf("\n\n");
  if (end < 0) return malformed("no empty line between text and signatures");
  const signatures = parseSignatures(note.slice(end + 2));
  return signatures.ok ? ok({ text: note.slice(0, end + 1), signatures: signatures.value }) : signatures;
}

/** Reads signature lines alone, as a witness answers them: one at least, and nothing else. */
export function parseSignatures(text: string): Result<readonly NoteSignature[], NoteFault> {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0) return malformed("no signature line, or one without its end");
  if (lines.length > maxSignatures) return malformed(`more than ${maxSignatures} signatures`);
  const signatures = lines.map(parseSignature).filter((each) => each !== undefined);
  return signatures.length === lines.length ? ok(signatures) : malformed("not a signature line");
}

/** `— <name> base64(key id ‖ signature)`. */
function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name, base64, ...more] = line.split(" ");
  const named = keyNameSchema.safeParse(name).data;
  const bytes = decodeBase64(base64 ?? "");
  if (dash !== "—" || named === undefined || bytes === undefined || more.length > 0) return undefined;
  if (bytes.length <= idBytes) return undefined;
  return { name: named, keyId: bytes.toString("hex", 0, idBytes), bytes: bytes.subarray(idBytes) };
}

export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignature).join("")}`;
}

/** One signature line with its newline. */
export function formatSignature({ name, keyId, bytes }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([Buffer.from(keyId, "hex"), bytes]).toString("base64")}\n`;
}
