import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeIdSchema } from "../identity/index.ts";
import { generatePrivateJwk, importSigner, publicOf, type SuiteName, suiteNames } from "../keys/index.ts";
import { emptyRoot } from "../log/index.ts";
import { type NoteKey, noteKey, noteSigner, noteVerifier, parseVerifierKey } from "../note/index.ts";
import { readNoteVectors } from "../testing/index.ts";
import {
  type Checkpoint,
  cosign,
  cosignatureVerifier,
  formatCheckpoint,
  logOrigin,
  nodeOf,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  verifyCosignatures,
  type Witness,
  witnessName,
  witnessOf,
} from "./index.ts";

const vectors = readNoteVectors();
const node = (text: string) => nodeIdSchema.parse(text);
const city = node("sz");
const since = "2025-01-01T00:00:00Z";

function keysOf(texts: readonly string[]): readonly NoteKey[] {
  return texts.map((text) => {
    const key = parseVerifierKey(text);
    if (!key.ok) throw new Error(key.error);
    return key.value;
  });
}

const signing = (keys: readonly NoteKey[]) =>
  keys.flatMap(({ use, ...key }) => (use === "signature" ? [noteVerifier({ use, ...key })] : []));

/** Each witness key as some member's; whose is not what the vectors are about. */
const witnessing = (keys: readonly NoteKey[]): readonly Witness[] =>
  keys.flatMap(({ use, ...key }) =>
    use === "cosignature" ? [{ member: city, key: { use, ...key }, notBefore: since }] : [],
  );

function opened(note: string, origin: string, keys: readonly NoteKey[]) {
  const checkpoint = openCheckpoint(note, origin, signing(keys));
  if (!checkpoint.ok) throw new Error(checkpoint.error.reason);
  return checkpoint.value;
}

describe("a checkpoint", () => {
  const valid = vectors.flatMap(({ checkpoints }) => checkpoints.valid);
  const invalid = vectors.flatMap(({ checkpoints }) => checkpoints.invalid);

  it.each(valid)("opens, and tells who cosigned it and when: $name", (vector) => {
    const keys = keysOf(vector.keys);
    const { checkpoint, note } = opened(vector.note, vector.origin, keys);
    expect(checkpoint).toMatchObject({ origin: vector.origin, size: vector.size });
    expect(formatCheckpoint(checkpoint)).toBe(note.text);
    const cosigned = verifyCosignatures(note, witnessing(keys));
    if (!cosigned.ok) throw new Error(cosigned.error.reason);
    expect(cosigned.value.map(({ time, signature }) => ({ name: signature.name, time }))).toEqual(
      vector.cosignedBy,
    );
  });

  it.each(invalid)("is refused: $name", ({ note, origin, keys, reason }) => {
    expect(openCheckpoint(note, origin, signing(keysOf(keys)))).toMatchObject({
      ok: false,
      error: { reason },
    });
  });

  it("is read as it was written, whatever its size", () => {
    const checkpoints = fc.record({
      origin: fc.constantFrom("xinqiao/sz", "go.sum database tree"),
      size: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
      }),
    );
  });

  const sound: Checkpoint = { origin: logOrigin(city), size: 0, root: emptyRoot };
  const unsound: readonly (readonly [string, Partial<Checkpoint>])[] = [
    ["a size that is not counted exactly", { size: 2 ** 53 }],
    ["a size below zero", { size: -1 }],
    ["a root of 31 bytes", { root: Buffer.alloc(31) }],
    ["an origin of two lines", { origin: "a\nb" }],
    ["an empty extension line", { extensions: [""] }],
  ];

  it.each(unsound)("is not signed with %s", async (_, wrong) => {
    const { signers } = log("ed25519");
    await expect(signCheckpoint({ ...sound, ...wrong }, signers)).rejects.toThrow(RangeError);
  });

  it.each(suiteNames)("signed by its log with %s opens, and under another origin never", async (suite) => {
    const { signers, verifiers } = log(suite);
    const note = await signCheckpoint(sound, signers);
    expect(openCheckpoint(note, logOrigin(city), verifiers)).toMatchObject({
      ok: true,
      value: { checkpoint: sound },
    });
    expect(openCheckpoint(note, logOrigin(node("dg")), verifiers)).toEqual({
      ok: false,
      error: { reason: "other-origin", origin: "xinqiao/sz" },
    });
  });
});

function log(suite: SuiteName) {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const key = noteKey("signature", logOrigin(city), publicOf(jwk));
  return { signers: [noteSigner(key, signer.value)], verifiers: [noteVerifier(key)] };
}

function member(name: string, suite: SuiteName = "ed25519", window: { notAfter?: string } = {}) {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const witness = witnessOf(node(name), { jwk: publicOf(jwk), notBefore: since, ...window });
  return {
    witness,
    cosign: (text: string, time: number) => cosign(text, witness.key, signer.value, time),
  };
}

describe("a cosignature", () => {
  const text = formatCheckpoint({ origin: logOrigin(city), size: 7, root: Buffer.alloc(32, 7) });
  const time = Date.parse("2026-03-01T00:00:00Z") / 1000;
  const invalid = vectors.flatMap(({ cosignatures }) => cosignatures?.invalid ?? []);

  it.each(invalid)("refuses the note where it has $name", (vector) => {
    const keys = keysOf(vector.keys);
    const { note } = opened(vector.note, "xinqiao/sz", keys);
    expect(verifyCosignatures(note, witnessing(keys))).toMatchObject({
      ok: false,
      error: { reason: "signature-invalid", name: "xinqiao/hz" },
    });
  });

  it.each(suiteNames)(
    "with %s says who saw it and when, and is of that text and key alone",
    async (suite) => {
      const [dg, other] = [member("dg", suite), member("dg", suite)];
      const signature = await dg.cosign(text, time);
      const witnesses = [other.witness, dg.witness];
      expect(verifyCosignatures({ text, signatures: [signature] }, witnesses)).toEqual({
        ok: true,
        value: [{ member: "dg", time, signature }],
      });
      expect(verifyCosignatures({ text, signatures: [signature] }, [other.witness])).toEqual({
        ok: true,
        value: [],
      });
      expect(verifyCosignatures({ text: `${text}more\n`, signatures: [signature] }, witnesses).ok).toBe(
        false,
      );
      expect(cosignatureVerifier(other.witness.key).verify(text, signature.bytes)).toBe(false);
    },
  );

  it("of a key whose window was over at the time it states does not count, and refuses nothing", async () => {
    const [over, dg] = [member("hz", "ed25519", { notAfter: "2026-02-01T00:00:00Z" }), member("dg")];
    const signatures = [await over.cosign(text, time), await dg.cosign(text, time)];
    const note = { text, signatures };
    expect(verifyCosignatures(note, [over.witness, dg.witness])).toMatchObject({ value: [{ member: "dg" }] });
    const earlier = { text, signatures: [await over.cosign(text, time - 40 * 86_400)] };
    expect(verifyCosignatures(earlier, [over.witness])).toMatchObject({ value: [{ member: "hz" }] });
  });

  it("is no fault to be without", () => {
    expect(verifyCosignatures({ text, signatures: [] }, [member("dg").witness])).toEqual({
      ok: true,
      value: [],
    });
  });

  it.each([-1, 0.5, 2 ** 53])("is not made at %d", async (at) => {
    await expect(member("dg").cosign(text, at)).rejects.toThrow(RangeError);
  });
});

describe("names", () => {
  it("are a node's, of logs and of witnesses alike", () => {
    expect(logOrigin(city)).toBe("xinqiao/sz");
    expect(witnessName(node("sz-baoan"))).toBe("xinqiao/sz-baoan");
    expect(nodeOf("xinqiao/sz-baoan")).toBe("sz-baoan");
    expect([nodeOf("sz"), nodeOf("xinqiao/"), nodeOf("xinqiao/SZ"), nodeOf("other/sz")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
