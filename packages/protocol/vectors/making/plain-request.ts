import { keys } from "./members.ts";
import { digestOf, type Message, type Seal, type SealedMessage, sealed, withHeaders } from "./seal.ts";

const body = '{"subject":{"kind":"enterprise","scheme":"uscc","id":"91440300MADEM00032"}}';

/** RFC 9421 §2 identifiers of what a request signs. */
export const components = [
  '"@method"',
  '"@target-uri"',
  '"content-digest"',
  '"content-type"',
  '"x-request-id"',
  '"xinqiao-from"',
  '"xinqiao-to"',
];

/** The lookup before it is signed. */
export const plain = {
  method: "POST",
  targetUri: "https://sz.example/v1/lookups",
  headers: {
    "content-type": "application/json",
    "content-digest": digestOf(body),
    "x-request-id": "7f8d2c1e-5b0a-4c3d-9e6f-0a1b2c3d4e5f",
    "xinqiao-from": "sz-baoan",
    "xinqiao-to": "sz",
  },
  body,
};

/** As the district signs it; and the neighbour city's own, not signed yet. */
export const seal: Seal = { key: keys["sz-baoan"], components };
export const fromDistrict = sealed(plain, seal);
export const fromNeighbour = withHeaders(plain, { "xinqiao-from": "dg" });

/** The district's request signed in some way other than the profile's. */
export const signedWith = (change: Partial<Seal>, message: Message = plain) =>
  sealed(message, { ...seal, ...change });
export const withParameter = (name: string, value: string | undefined) =>
  signedWith({ parameters: { [name]: value } });
export const without = (component: string) =>
  signedWith({ components: components.filter((name) => name !== component) });
export const inPlaceOf = (component: string, other: string) =>
  signedWith({ components: components.map((name) => (name === component ? other : name)) });
/** Its `Signature-Input` changed on the way: nothing is signed anew. */
export const rewritten = (message: SealedMessage, from: string, to: string) =>
  withHeaders(message, {
    "signature-input": message.headers["signature-input"].replace(from, to),
  });
