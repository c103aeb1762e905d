import { createHash } from "node:crypto";
import { importVerifier, type PublicJwk, suiteNames, suiteOf } from "../keys/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { decodeBase64 } from "./base64.ts";
import { type KeyName, keyNameSchema } from "./name.ts";
import { publicKeyBytes, publicKeyOf } from "./public-key.ts";
import { type KeyUse, keyUses, signatureTypes } from "./type.ts";

/** A public key that signs notes under a name. Name and id together say which: an id alone is easily met twice. */
export interface NoteKey<Use extends KeyUse = KeyUse> {
  readonly use: Use;
  readonly name: KeyName;
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly jwk: PublicJwk;
}

export function noteKey<Use extends KeyUse>(use: Use, name: KeyName, jwk: PublicJwk): NoteKey<Use> {
  return { use, name, id: keyId(name, typedKey(use, jwk)), jwk };
}

/** C2SP signed-note: the first four bytes of SHA-256(name ‖ 0A ‖ type ‖ public key). */
function keyId(name: KeyName, typed: Uint8Array): string {
  return createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
}

/** Signature type ‖ public key. */
function typedKey(use: KeyUse, jwk: PublicJwk): Buffer {
  return Buffer.concat([signatureTypes[use][suiteOf(jwk).name], publicKeyBytes(jwk)]);
}

/** The key as a text that other tools take: `<name>+<id>+base64(type ‖ public key)`. */
export function formatVerifierKey({ use, name, id, jwk }: NoteKey): string {
  return `${name}+${id}+${typedKey(use, jwk).toString("base64")}`;
}

/** Reads such a text. The error is text for an operator. */
export function parseVerifierKey(text: string): Result<NoteKey, string> {
  const [, name = "", id = "", base64 = ""] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text) ?? [];
  const named = keyNameSchema.safeParse(name);
  const typed = decodeBase64(base64);
  if (!named.success || typed === undefined) return err("verifier key is not <name>+<id>+<key>");
  if (keyId(named.data, typed) !== id) return err("verifier key's id is not that of its name and key");
  const key = readTypedKey(typed);
  if (key === undefined) return err("verifier key is of a type that is not known, or of the wrong length");
  const usable = importVerifier(key.jwk);
  return usable.ok ? ok({ ...key, name: named.data, id }) : usable;
}

/** No type is the beginning of another with its key: a key's first byte is 04, or its length is another. */
function readTypedKey(typed: Buffer): Pick<NoteKey, "use" | "jwk"> | undefined {
  for (const use of keyUses) {
    for (const suite of suiteNames) {
      const type = signatureTypes[use][suite];
      if (!typed.subarray(0, type.length).equals(type)) continue;
      const jwk = publicKeyOf(suite, typed.subarray(type.length));
      if (jwk !== undefined) return { use, jwk };
    }
  }
  return undefined;
}
