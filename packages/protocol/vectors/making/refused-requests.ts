import { created, keys } from "./members.ts";
import {
  components,
  fromDistrict,
  fromNeighbour,
  inPlaceOf,
  plain,
  rewritten,
  seal,
  signedWith,
  without,
  withParameter,
} from "./plain-request.ts";
import { digestOf, type Message, sealed, signatureOf, withHeaders } from "./seal.ts";

const fromAnother = withHeaders(plain, { "xinqiao-from": "hz" });
const second = signedWith({ label: "second", parameters: { nonce: '"EBESExQVFhcYGRobHB0eHw"' } });

/** What came, and why it is refused; `now` in seconds. */
export type Refused = readonly [
  code: string,
  request: Message,
  rest?: { readonly now?: number; readonly facts?: Readonly<Record<string, string | number>> },
];

export const refused: Readonly<Record<string, Refused>> = {
  // The signature and the bytes it covers
  "no signature": ["signature.missing", plain],
  "Signature without Signature-Input": [
    "signature.missing",
    withHeaders(fromDistrict, { "signature-input": undefined }),
  ],
  "a signature over something else": [
    "signature.invalid",
    withHeaders(fromDistrict, { signature: `xinqiao=:${signatureOf({ ...plain, method: "PUT" }, seal)}:` }),
  ],
  "a signature cut short": [
    "signature.invalid",
    withHeaders(fromDistrict, { signature: `xinqiao=:${Buffer.alloc(63).toString("base64")}:` }),
  ],
  "an empty signature": ["signature.invalid", withHeaders(fromDistrict, { signature: "xinqiao=::" })],
  "an ECDSA signature in DER": [
    "signature.invalid",
    withHeaders(sealed(fromNeighbour, { key: keys.dg, components }), {
      signature: `xinqiao=:${derOf(signatureOf(fromNeighbour, { key: keys.dg, components }))}:`,
    }),
  ],
  "another method": ["signature.invalid", { ...fromDistrict, method: "PUT" }],
  "another path": ["signature.invalid", { ...fromDistrict, targetUri: "https://sz.example/v1/answers" }],
  "a query added": [
    "signature.invalid",
    { ...fromDistrict, targetUri: "https://sz.example/v1/lookups?all=1" },
  ],
  "another origin": ["signature.invalid", { ...fromDistrict, targetUri: "https://dg.example/v1/lookups" }],
  "another media type": ["signature.invalid", withHeaders(fromDistrict, { "content-type": "text/plain" })],
  "another request id": [
    "signature.invalid",
    withHeaders(fromDistrict, { "x-request-id": "00000000-0000-4000-8000-000000000000" }),
  ],
  "a parameter changed": [
    "signature.invalid",
    rewritten(fromDistrict, `expires=${created + 60}`, `expires=${created + 61}`),
  ],

  // The digest, which the signature covers and the body has to fit
  "a body changed": [
    "digest.mismatch",
    { ...fromDistrict, body: plain.body.replace("enterprise", "individual") },
  ],
  "a body cut short": ["digest.mismatch", { ...fromDistrict, body: plain.body.slice(0, -1) }],
  "a wrong digest, signed": [
    "digest.mismatch",
    signedWith({}, withHeaders(plain, { "content-digest": digestOf("{}") })),
  ],
  "a wrong sha-512 beside a right sha-256": [
    "digest.mismatch",
    signedWith(
      {},
      withHeaders(plain, { "content-digest": `${digestOf(plain.body)}, ${digestOf("{}", "sha512")}` }),
    ),
  ],
  "no digest": ["digest.missing", withHeaders(fromDistrict, { "content-digest": undefined })],
  "a digest of another algorithm only": [
    "digest.malformed",
    signedWith({}, withHeaders(plain, { "content-digest": digestOf(plain.body, "sha512") })),
  ],
  "a digest that is no byte sequence": [
    "digest.malformed",
    signedWith({}, withHeaders(plain, { "content-digest": 'sha-256="X48E9qOokqqr"' })),
  ],
  "a digest that cannot be parsed": [
    "digest.malformed",
    signedWith({}, withHeaders(plain, { "content-digest": "sha-256=:X48E9" })),
  ],

  // Time
  expired: ["signature.expired", fromDistrict, { now: created + 61, facts: { skewSeconds: -61 } }],
  "created 11 s in the future": [
    "signature.created-in-future",
    fromDistrict,
    { now: created - 11, facts: { skewSeconds: 11 } },
  ],
  "created a day in the future": [
    "signature.created-in-future",
    fromDistrict,
    { now: created - 86_400, facts: { skewSeconds: 86_400 } },
  ],
  "a lifetime of 301 s": ["signature.lifetime", withParameter("expires", `${created + 301}`)],
  "expires before it is created": ["signature.lifetime", withParameter("expires", `${created - 1}`)],

  // Who
  "a key nobody has": ["signature.key-unknown", signedWith({ key: keys.stranger })],
  "a key of another member": ["signature.key-of-another-member", signedWith({ key: keys.dg })],
  "a sender changed": [
    "signature.key-of-another-member",
    withHeaders(fromDistrict, { "xinqiao-from": "dg" }),
  ],
  "a key past its window": ["signature.key-rotated-away", signedWith({ key: keys.retired })],
  "a key before its window": ["signature.key-not-yet-valid", signedWith({ key: keys.coming })],
  "alg that does not fit the key": [
    "signature.algorithm-mismatch",
    withParameter("alg", '"ecdsa-p256-sha256"'),
  ],
  "a JOSE name as alg": ["signature.algorithm-mismatch", withParameter("alg", '"EdDSA"')],
  "SM2 with alg, for which there is no name": [
    "signature.algorithm-mismatch",
    sealed(fromAnother, { key: keys.hz, components, parameters: { alg: '"sm2"' } }),
  ],
  "SM2 with its JOSE name as alg": [
    "signature.algorithm-mismatch",
    sealed(fromAnother, { key: keys.hz, components, parameters: { alg: '"SM2SM3"' } }),
  ],
  "a signature of SM2 under a key of P-256": [
    "signature.invalid",
    withHeaders(sealed(fromNeighbour, { key: keys.dg, components }), {
      signature: `xinqiao=:${signatureOf(fromNeighbour, { key: { ...keys.hz, keyId: keys.dg.keyId }, components })}:`,
    }),
  ],
  "addressed to another node": [
    "signature.recipient-mismatch",
    signedWith({}, withHeaders(plain, { "xinqiao-to": "dg" })),
  ],
  "a recipient changed": ["signature.recipient-mismatch", withHeaders(fromDistrict, { "xinqiao-to": "dg" })],

  // What is covered
  ...Object.fromEntries(
    components.map((name) => [
      `without ${name.slice(1, -1)}`,
      ["signature.component-missing", without(name), { facts: { component: name } }],
    ]),
  ),
  "nothing covered": ["signature.component-missing", signedWith({ components: [] })],
  "a component twice": [
    "signature.component-duplicate",
    signedWith({ components: [...components, '"@method"'] }),
  ],
  "a component outside the profile": [
    "signature.component-unknown",
    signedWith({ components: [...components, '"@authority"'] }),
  ],
  "@status on a request": [
    "signature.component-unknown",
    signedWith({ components: [...components, '"@status"'] }),
  ],
  ";req in place of the bare component": [
    "signature.component-unknown",
    inPlaceOf('"@method"', '"@method";req'),
  ],
  "content-digest;sf": ["signature.component-unknown", inPlaceOf('"content-digest"', '"content-digest";sf')],
  "content-digest;bs": ["signature.component-unknown", inPlaceOf('"content-digest"', '"content-digest";bs')],
  'content-digest;key="sha-256"': [
    "signature.component-unknown",
    inPlaceOf('"content-digest"', '"content-digest";key="sha-256"'),
  ],
  "content-digest;req=?0": [
    "signature.component-unknown",
    inPlaceOf('"content-digest"', '"content-digest";req=?0'),
  ],
  "a component in upper case": [
    "signature.component-unknown",
    inPlaceOf('"content-digest"', '"Content-Digest"'),
  ],
  "no sender": ["signature.component-absent", withHeaders(fromDistrict, { "xinqiao-from": undefined })],
  "no recipient": ["signature.component-absent", withHeaders(fromDistrict, { "xinqiao-to": undefined })],
  "no media type": ["signature.component-absent", withHeaders(fromDistrict, { "content-type": undefined })],
  "a line feed in a value": [
    "signature.component-absent",
    signedWith({}, withHeaders(plain, { "x-request-id": 'a\n"xinqiao-to": dg' })),
  ],
  "a carriage return in a value": [
    "signature.component-absent",
    signedWith({}, withHeaders(plain, { "x-request-id": "a\rb" })),
  ],
  "a line feed at the end of a value": [
    "signature.component-absent",
    withHeaders(fromDistrict, { "x-request-id": `${plain.headers["x-request-id"]}\n` }),
  ],
  "a no-break space around a value": [
    "signature.component-absent",
    withHeaders(fromDistrict, { "x-request-id": `\u00a0${plain.headers["x-request-id"]}` }),
  ],
  "a value outside ASCII": [
    "signature.component-absent",
    signedWith({}, withHeaders(plain, { "x-request-id": "信桥" })),
  ],

  // Parameters
  ...Object.fromEntries(
    ["created", "expires", "nonce", "keyid"].map((name) => [
      `without ${name}`,
      ["signature.parameter-missing", withParameter(name, undefined), { facts: { parameter: name } }],
    ]),
  ),
  "without tag": ["signature.missing", withParameter("tag", undefined)],
  "another tag": ["signature.missing", withParameter("tag", '"web-bot-auth"')],
  "tag as a token": ["signature.missing", withParameter("tag", "xinqiao")],
  "a parameter outside the profile": ["signature.parameter-unknown", withParameter("sequence", "1")],
  "a parameter twice": ["signature.malformed", rewritten(fromDistrict, ";nonce=", ';nonce="x";nonce=')],
  "a nonce of 126 bits": ["signature.malformed", withParameter("nonce", `"${"A".repeat(21)}"`)],
  "a nonce of 65 characters": ["signature.malformed", withParameter("nonce", `"${"A".repeat(65)}"`)],
  "a nonce in base64, not base64url": [
    "signature.malformed",
    withParameter("nonce", '"AAECAwQFBgcICQoLDA0O+/"'),
  ],
  "created as a decimal": ["signature.malformed", withParameter("created", `${created}.0`)],
  "created made a decimal on the way": [
    "signature.malformed",
    rewritten(fromDistrict, `created=${created}`, `created=${created}.0`),
  ],
  "created as a date": ["signature.malformed", withParameter("created", `@${created}`)],
  "created as a string": ["signature.malformed", withParameter("created", `"${created}"`)],
  "created before 1970": ["signature.malformed", withParameter("created", "-1")],
  "expires as a decimal": ["signature.malformed", withParameter("expires", `${created + 60}.5`)],
  "keyid as a token": ["signature.malformed", withParameter("keyid", "sz-baoan")],
  "alg as a token": ["signature.malformed", withParameter("alg", "ed25519")],

  // The two fields
  "two signatures with our tag": [
    "signature.ambiguous",
    withHeaders(fromDistrict, {
      "signature-input": `${fromDistrict.headers["signature-input"]}, ${second.headers["signature-input"]}`,
      signature: `${fromDistrict.headers.signature}, ${second.headers.signature}`,
    }),
  ],
  "Signature-Input that cannot be parsed": [
    "signature.malformed",
    withHeaders(fromDistrict, { "signature-input": "xinqiao=(" }),
  ],
  "Signature-Input with odd spacing": [
    "signature.malformed",
    rewritten(fromDistrict, '"@method" ', '"@method"  '),
  ],
  "an item in place of the component list": [
    "signature.malformed",
    withHeaders(fromDistrict, { "signature-input": 'xinqiao="@method";tag="xinqiao"' }),
  ],
  "a component as a token": ["signature.malformed", inPlaceOf('"content-digest"', "content-digest")],
  "Signature that cannot be parsed": [
    "signature.malformed",
    withHeaders(fromDistrict, { signature: "xinqiao=:AAAA" }),
  ],
  "Signature as a string": [
    "signature.malformed",
    withHeaders(fromDistrict, { signature: 'xinqiao="AAAA"' }),
  ],
  "Signature with a parameter": [
    "signature.malformed",
    withHeaders(fromDistrict, { signature: `${fromDistrict.headers.signature};v=1` }),
  ],
  "Signature without its padding": [
    "signature.malformed",
    withHeaders(fromDistrict, { signature: fromDistrict.headers.signature.replace("==", "") }),
  ],
  "Signature with stray bits at its end": [
    "signature.malformed",
    withHeaders(fromDistrict, { signature: fromDistrict.headers.signature.replace(/.==/, strayBits) }),
  ],
  "Signature under another label": [
    "signature.malformed",
    withHeaders(fromDistrict, { signature: fromDistrict.headers.signature.replace("xinqiao", "sig1") }),
  ],
};

/** The last character before the padding carries two bits that count and four that do not. */
function strayBits(end: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return `${alphabet[alphabet.indexOf(end[0] ?? "") + 1]}==`;
}

/** RFC 3279 §2.2.3, which TLS and X.509 use and this profile does not. */
function derOf(raw: string): string {
  const bytes = Buffer.from(raw, "base64");
  const integers = [bytes.subarray(0, 32), bytes.subarray(32)].map((integer) => {
    const content = (integer[0] ?? 0) > 0x7f ? Buffer.concat([Uint8Array.of(0), integer]) : integer;
    return Buffer.concat([Uint8Array.of(2, content.length), content]);
  });
  const sequence = Buffer.concat(integers);
  return Buffer.concat([Uint8Array.of(0x30, sequence.length), sequence]).toString("base64");
}
