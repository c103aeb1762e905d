import { describe, expect, it } from "vitest";
import {
  cosign,
  logOrigin,
  readCheckpoint,
  signCheckpoint,
  verifyCosignatures,
  witnessOf,
} from "../checkpoint/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { generatePrivateJwk, importSigner, publicOf, type SuiteName } from "../keys/index.ts";
import { formatSignature, noteKey, noteSigner } from "../note/index.ts";
import { cosignatureIn, formatHeldSize, parseHeldSize } from "./index.ts";

const at = 1_767_225_600;

function party(name: string, suite: SuiteName) {
  const jwk = generatePrivateJwk(suite);
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  const node = nodeIdSchema.parse(name);
  const witness = witnessOf(node, { jwk: publicOf(jwk), notBefore: "2025-01-01T00:00:00Z" });
  const line = async (text: string, time = at) =>
    formatSignature(await cosign(text, witness.key, signer.value, time));
  const note = noteSigner(noteKey("signature", logOrigin(node), publicOf(jwk)), signer.value);
  return { witness, line, note };
}

async function checkpoint() {
  const sz = party("sz", "sm2");
  const text = await signCheckpoint(
    { origin: logOrigin(nodeIdSchema.parse("sz")), size: 5, root: Buffer.alloc(32, 5) },
    [sz.note],
  );
  const read = readCheckpoint(text);
  if (!read.ok) throw new Error(read.error.reason);
  return read.value;
}

describe("a witness's answer", () => {
  it("is the newest of what that witness cosigned, and nothing that nobody knows", async () => {
    const signed = await checkpoint();
    const [dg, stranger] = [party("dg", "es256"), party("hz", "ed25519")];
    const { text } = signed.note;
    const lines = [stranger.line(text), dg.line(text, at - 5), dg.line(text), dg.line(text, at - 9)];
    const answer = (await Promise.all(lines)).join("");
    const cosigned = cosignatureIn(signed, answer, [dg.witness]);
    if (!cosigned.ok) throw new Error(cosigned.error.reason);
    expect(cosigned.value).toMatchObject({ member: "dg", time: at, signature: { name: "xinqiao/dg" } });
    const whole = { ...signed.note, signatures: [...signed.note.signatures, cosigned.value.signature] };
    expect(verifyCosignatures(whole, [dg.witness])).toEqual({ ok: true, value: [cosigned.value] });
  });

  it("is refused when nobody who is known cosigned, when one did not, and when it is no signature line", async () => {
    const signed = await checkpoint();
    const [dg, stranger] = [party("dg", "sm2"), party("hz", "ed25519")];
    const cases = [
      [await stranger.line(signed.note.text), "unsigned"],
      [await dg.line(`${signed.note.text}more\n`), "signature-invalid"],
      [(await dg.line(signed.note.text)).trimEnd(), "malformed"],
      ["", "malformed"],
      ["<html>\n", "malformed"],
    ] as const;
    for (const [answer, reason] of cases) {
      expect(cosignatureIn(signed, answer, [dg.witness])).toMatchObject({ ok: false, error: { reason } });
    }
  });

  it("of where it is, is a size on a line of its own", () => {
    expect(parseHeldSize(formatHeldSize(20_852_014))).toBe(20_852_014);
    for (const body of ["7", "07\n", "-7\n", "7\n\n", " 7\n", "\n", "", "9007199254740992\n"]) {
      expect(parseHeldSize(body)).toBeUndefined();
    }
  });
});
