import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  generatePrivateJwk,
  importSigner,
  publicOf,
  type SuiteName,
  suiteNames,
  suiteOf,
} from "../keys/index.ts";
import { readNoteVectors } from "../testing/index.ts";
import {
  formatNote,
  formatVerifierKey,
  keyNameSchema,
  maxNoteBytes,
  type NoteKey,
  type NoteVerifier,
  noteKey,
  noteSigner,
  noteVerifier,
  parseNote,
  parseVerifierKey,
  signNote,
  verifyNote,
} from "./index.ts";

const vectors = readNoteVectors();
const name = keyNameSchema.parse("xinqiao/sz");

function keyOf(text: string): NoteKey {
  const key = parseVerifierKey(text);
  if (!key.ok) throw new Error(key.error);
  return key.value;
}

/** Those of the keys that sign texts. */
function verifiersOf(keys: readonly string[]): readonly NoteVerifier[] {
  return keys
    .map(keyOf)
    .flatMap(({ use, ...key }) => (use === "signature" ? [noteVerifier({ use, ...key })] : []));
}

function party(suite: SuiteName, as = name) {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const key = noteKey("signature", as, publicOf(jwk));
  return { key, signer: noteSigner(key, signer.value), verifier: noteVerifier(key) };
}

function opened(note: string, verifiers: readonly NoteVerifier[]) {
  const parsed = parseNote(note);
  return parsed.ok ? verifyNote(parsed.value, verifiers) : parsed;
}

describe("a verifier key", () => {
  const valid = vectors.flatMap(({ keys }) => keys.valid);
  const invalid = vectors.flatMap(({ keys }) => keys.invalid);

  it.each(valid)("is read and written as it came: $name", ({ key: text, use, suite }) => {
    const key = keyOf(text);
    expect(key.use).toBe(use);
    expect(suiteOf(key.jwk).name).toBe(suite);
    expect(formatVerifierKey(key)).toBe(text);
    expect(noteKey(key.use, key.name, key.jwk)).toEqual(key);
  });

  it.each(invalid)("is refused: $name", ({ key }) => {
    expect(parseVerifierKey(key).ok).toBe(false);
  });

  it("is refused when any part of it is missing or any character is another", () => {
    const [text = ""] = valid.map(({ key }) => key);
    for (let from = 0; from < text.length; from += 1) {
      for (let to = from + 1; to <= text.length; to += 1) {
        if (to - from < text.length) expect(parseVerifierKey(text.slice(from, to)).ok).toBe(false);
      }
      const next = String.fromCharCode(text.charCodeAt(from) + 1);
      expect(parseVerifierKey(text.slice(0, from) + next + text.slice(from + 1)).ok).toBe(false);
    }
  });

  it("has another id for another use, name or key", () => {
    const [one, two] = [generatePrivateJwk("sm2"), generatePrivateJwk("sm2")].map(publicOf);
    if (one === undefined || two === undefined) throw new Error("two keys");
    const other = keyNameSchema.parse("xinqiao/dg");
    const keys = [
      noteKey("signature", name, one),
      noteKey("cosignature", name, one),
      noteKey("signature", other, one),
      noteKey("signature", name, two),
    ];
    expect(new Set(keys.map(({ id }) => id)).size).toBe(4);
  });
});

describe("a key's name", () => {
  it.each(["", "a b", "a+b", "a\tb", "a\u00a0b", "a\u3000b", "a\u0085b", "a\nb", "a\ud800b"])(
    "is not %j",
    (text) => {
      expect(keyNameSchema.safeParse(text).success).toBe(false);
    },
  );
});

describe("a note", () => {
  const valid = vectors.flatMap(({ notes }) => notes.valid);
  const invalid = vectors.flatMap(({ notes }) => notes.invalid);

  it.each(valid)("opens: $name", ({ note, keys, text, signedBy }) => {
    const parsed = parseNote(Buffer.from(note));
    if (!parsed.ok) throw new Error(parsed.error.reason);
    expect(parsed.value.text).toBe(text);
    expect(formatNote(parsed.value)).toBe(note);
    const verified = verifyNote(parsed.value, verifiersOf(keys));
    expect(verified.ok && verified.value.map((each) => each.name)).toEqual(signedBy);
  });

  it.each(invalid)("is refused: $name", ({ note, keys, reason }) => {
    expect(opened(note, verifiersOf(keys))).toMatchObject({ ok: false, error: { reason } });
  });

  it("is refused when it is not UTF-8, begins with a byte order mark that was not signed, or is too long", () => {
    const [vector] = valid;
    if (vector === undefined) throw new Error("a vector");
    const bytes = Buffer.from(vector.note);
    expect(parseNote(Buffer.concat([Buffer.of(0xff), bytes])).ok).toBe(false);
    const marked = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes]);
    const parsed = parseNote(marked);
    expect(parsed.ok && verifyNote(parsed.value, verifiersOf(vector.keys)).ok).toBe(false);
    expect(parseNote(Buffer.concat([Buffer.alloc(maxNoteBytes, "x"), bytes])).ok).toBe(false);
    expect(parseNote(`\ud800${vector.note}`).ok).toBe(false);
  });

  it.each(suiteNames)(
    "signed with %s opens, whatever its text, and with another text never",
    async (suite) => {
      const { signer, verifier } = party(suite);
      const line = fc.string({ unit: "grapheme" }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
      await fc.assert(
        fc.asyncProperty(fc.array(line, { minLength: 1 }), async (lines) => {
          const text = `${lines.join("\n")}\n`;
          const note = await signNote(text, [signer]);
          const parsed = parseNote(note);
          if (!parsed.ok) throw new Error("it was made to be read");
          expect(parsed.value.text).toBe(text);
          expect(formatNote(parsed.value)).toBe(note);
          expect(verifyNote(parsed.value, [verifier]).ok).toBe(true);
          expect(verifyNote({ ...parsed.value, text: `x${text}` }, [verifier])).toEqual({
            ok: false,
            error: { reason: "signature-invalid", name, keyId: verifier.key.id },
          });
        }),
        { numRuns: 20 },
      );
    },
  );

  it("takes up to a hundred signatures", async () => {
    const { signer, verifier } = party("ed25519");
    const note = await signNote(
      "text\n",
      Array.from({ length: 100 }, () => signer),
    );
    expect(opened(note, [verifier]).ok).toBe(true);
  });

  it("signed by two keys of one name and id counts for the one that signed", async () => {
    const [mine, other] = [party("ed25519"), party("ed25519")];
    const same = noteVerifier({ ...other.key, id: mine.key.id });
    const note = await signNote("text\n", [mine.signer]);
    expect(opened(note, [same, mine.verifier]).ok).toBe(true);
    expect(opened(note, [same])).toMatchObject({ ok: false, error: { reason: "signature-invalid" } });
  });

  it.each(["", "text", "a\tb\n", "a\rb\n", "\ud800\n"])("is not made of the text %j", async (text) => {
    await expect(signNote(text, [party("ed25519").signer])).rejects.toThrow(RangeError);
  });

  it("is not made without a signer, nor under the name of a key that the signer does not have", async () => {
    await expect(signNote("text\n", [])).rejects.toThrow(RangeError);
    const signer = importSigner(generatePrivateJwk());
    if (!signer.ok) throw new Error(signer.error);
    expect(() => noteSigner(party("ed25519").key, signer.value)).toThrow("not the note's key");
  });
});
