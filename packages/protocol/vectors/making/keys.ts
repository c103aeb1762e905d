import { createECDH, createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { signDeterministically, toBytes, toInteger } from "./rfc6979.ts";
import { publicPoint, signSm2 } from "./sm2.ts";

/** A published test key: made from its name, so anyone can make it again, and worth nothing. */
export interface TestKey {
  readonly keyId: string;
  readonly privateJwk: Readonly<Record<string, string>>;
  readonly publicJwk: Readonly<Record<string, string>>;
  sign(message: string): Uint8Array;
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** RFC 7638 thumbprint; the members come in the order of their names. */
const thumbprint = (jwk: object) => base64url(sha256(JSON.stringify(jwk)));

/** RFC 8410 §7: the fixed head of a PKCS #8 Ed25519 key, before its 32-byte seed. */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

export function ed25519Key(name: string): TestKey {
  const seed = sha256(`xinqiao test key ${name}`);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  const publicJwk = { crv: "Ed25519", kty: "OKP", x };
  return {
    keyId: thumbprint(publicJwk),
    publicJwk,
    privateJwk: { ...publicJwk, d: base64url(seed) },
    sign: (message) => sign(null, Buffer.from(message), key),
  };
}

export function es256Key(name: string): TestKey {
  const d = sha256(`xinqiao test key ${name}`);
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const publicJwk = {
    crv: "P-256",
    kty: "EC",
    x: base64url(point.subarray(1, 33)),
    y: base64url(point.subarray(33)),
  };
  return {
    keyId: thumbprint(publicJwk),
    publicJwk,
    privateJwk: { ...publicJwk, d: base64url(d) },
    sign: (message) => signDeterministically(Buffer.from(message), BigInt(`0x${d.toString("hex")}`)),
  };
}

export function sm2Key(name: string): TestKey {
  const d = sha256(`xinqiao test key ${name}`);
  const point = publicPoint(toInteger(d));
  const publicJwk = {
    crv: "SM2",
    kty: "EC",
    x: base64url(toBytes(point.x)),
    y: base64url(toBytes(point.y)),
  };
  return {
    keyId: thumbprint(publicJwk),
    publicJwk,
    privateJwk: { ...publicJwk, d: base64url(d) },
    sign: (message) => signSm2(Buffer.from(message), toInteger(d)),
  };
}
