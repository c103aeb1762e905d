import { createHash } from "node:crypto";
import { toBytes, toInteger } from "./rfc6979.ts";
import { digest, identity, order, publicPoint, signSm2, signWith, userId } from "./sm2.ts";

/** The example of GB/T 32918.5, appendix A.2, as printed there. */
const example = {
  message: "message digest",
  d: "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
  x: "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
  y: "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
  za: "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3",
  e: "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640",
  k: "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21",
  r: "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
  s: "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
};

const base64url = (hex: string) => Buffer.from(hex, "hex").toString("base64url");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const scalar = (value: bigint) => hex(toBytes(value));

const key = {
  kty: "EC",
  crv: "SM2",
  x: base64url(example.x),
  y: base64url(example.y),
  d: base64url(example.d),
};
const { d: _secret, ...publicKey } = key;
const d = BigInt(`0x${example.d}`);
const [r, s] = [BigInt(`0x${example.r}`), BigInt(`0x${example.s}`)];
const bytes = (text: string) => Buffer.from(text);

const signed = (message: string) => ({ message, signature: hex(signSm2(bytes(message), d)) });

const invalid: Readonly<Record<string, string>> = {
  "r is 0": scalar(0n) + example.s,
  "s is 0": example.r + scalar(0n),
  "r is n": scalar(order) + example.s,
  "s is n": example.r + scalar(order),
  "r is above n": "ff".repeat(32) + example.s,
  "s is above n": `${example.r}${"ff".repeat(32)}`,
  "r + s is n": example.r + scalar(order - r),
  "r and s in each other's place": example.s + example.r,
  "s is n − s": example.r + scalar(order - s),
  "r is one more": scalar(r + 1n) + example.s,
  "signed by another key": hex(signSm2(bytes(example.message), d + 1n)),
  "signed with another user id": hex(signSm2(bytes(example.message), d, "ALICE123@YAHOO.COM")),
  "signed with an empty user id": hex(signSm2(bytes(example.message), d, "")),
  "signed over the message's SM3 alone, without Z": hex(
    signWith(BigInt(`0x${example.k}`), createHash("sm3").update(example.message).digest(), d) ?? bytes(""),
  ),
  "over another message": hex(signSm2(bytes("message digest."), d)),
  "one byte short": (example.r + example.s).slice(0, -2),
  "one byte long": `${example.r}${example.s}00`,
  "in DER": `3046022100${example.r}022100${example.s}`,
  nothing: "",
};

const zero = base64url("00".repeat(32));
const invalidKeys: Readonly<Record<string, object>> = {
  "a point off the curve": { ...publicKey, y: base64url(scalar(BigInt(`0x${example.y}`) + 1n)) },
  "a point of P-256": {
    ...publicKey,
    x: base64url("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
    y: base64url("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
  },
  "zero and zero": { ...publicKey, x: zero, y: zero },
  "coordinates that are no elements of the field": {
    ...publicKey,
    x: base64url("ff".repeat(32)),
    y: base64url("ff".repeat(32)),
  },
};

const minusOne = publicPoint(order - 1n);
const invalidPrivateKeys: Readonly<Record<string, object>> = {
  "d of another key": { ...key, d: base64url(scalar(d + 1n)) },
  "d is 0": { ...key, d: zero },
  "d is n − 1, which cannot sign": {
    ...key,
    x: base64url(scalar(minusOne.x)),
    y: base64url(scalar(minusOne.y)),
    d: base64url(scalar(order - 1n)),
  },
};

const named = <T>(cases: Readonly<Record<string, T>>) =>
  Object.entries(cases).map(([name, value]) => ({ name, value }));

/** What the textbook makes of the example's key and message: the standard's own numbers, or the vectors are worth nothing. */
export function recomputed() {
  const point = publicPoint(d);
  const e = digest(bytes(example.message), point);
  const signature = signWith(BigInt(`0x${example.k}`), e, d) ?? bytes("");
  const [first, second] = [signature.subarray(0, 32), signature.subarray(32)];
  return {
    ...example,
    x: scalar(point.x),
    y: scalar(point.y),
    za: hex(identity(point, userId)),
    e: hex(e),
    r: scalar(toInteger(first)),
    s: scalar(toInteger(second)),
  };
}

export const published = example;

export function sm2Vectors() {
  const { message, za, e, k } = example;
  return {
    about:
      "SM2 with SM3. The first valid signature and the key are those of GB/T 32918.5, appendix A.2. Messages are UTF-8; numbers and signatures (r‖s) are hexadecimal. Never trust this key.",
    userId,
    key,
    valid: [
      { name: "GB/T 32918.5 A.2", message, za, e, k, signature: example.r + example.s },
      { name: "an empty message", ...signed("") },
      { name: "a message in Chinese", ...signed("示例制造有限公司") },
      { name: "a message of many blocks", ...signed("信桥".repeat(200)) },
    ],
    invalid: named(invalid).map(({ name, value: signature }) => ({ name, message, signature })),
    invalidKeys: named(invalidKeys).map(({ name, value: jwk }) => ({ name, jwk })),
    invalidPrivateKeys: named(invalidPrivateKeys).map(({ name, value: jwk }) => ({ name, jwk })),
  };
}
