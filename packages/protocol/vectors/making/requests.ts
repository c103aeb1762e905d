import { created, keys } from "./members.ts";
import {
  components,
  fromDistrict,
  fromNeighbour,
  plain,
  signedWith,
  withParameter,
} from "./plain-request.ts";
import { refused } from "./refused-requests.ts";
import { digestOf, type Message, sealed, withHeaders } from "./seal.ts";

const foreign = `proxy=("@method");created=${created};keyid="proxy"`;

interface Accepted {
  readonly request: Message;
  /** Seconds. */
  readonly now?: number;
  readonly from?: string;
}

const accepted: Readonly<Record<string, Accepted>> = {
  "Ed25519, as we sign it": { request: fromDistrict },
  "ES256, as we sign it": { request: sealed(fromNeighbour, { key: keys.dg, components }), from: "dg" },
  "SM2 with SM3, as we sign it: without alg": {
    request: sealed(withHeaders(plain, { "xinqiao-from": "hz" }), { key: keys.hz, components }),
    from: "hz",
  },
  "components in another order": { request: signedWith({ components: components.toReversed() }) },
  "another label": { request: signedWith({ label: "sig1" }) },
  "another signature beside, without our tag": {
    request: withHeaders(fromDistrict, {
      "signature-input": `${foreign}, ${fromDistrict.headers["signature-input"]}`,
      signature: `proxy=:AAAA:, ${fromDistrict.headers.signature}`,
    }),
  },
  "alg that fits the key": { request: withParameter("alg", '"ed25519"') },
  "SP and HTAB around a value": {
    request: withHeaders(fromDistrict, { "x-request-id": ` ${plain.headers["x-request-id"]}\t` }),
  },
  "a right sha-512 beside sha-256": {
    request: signedWith(
      {},
      withHeaders(plain, { "content-digest": `${digestOf(plain.body, "sha512")}, ${digestOf(plain.body)}` }),
    ),
  },
  "the sender's clock 10 s ahead": { request: fromDistrict, now: created - 10 },
  "the last second of its life": { request: fromDistrict, now: created + 60 },
  "the longest lifetime": { request: withParameter("expires", `${created + 300}`), now: created + 300 },
};

export function requestVectors() {
  return {
    about: "Requests as the node `sz` receives them. Times are milliseconds since 1970; bodies are UTF-8.",
    self: "sz",
    valid: Object.entries(accepted).map(([name, { request, now = created, from = "sz-baoan" }]) => ({
      name,
      now: now * 1000,
      request,
      expect: { from },
    })),
    invalid: Object.entries(refused).map(([name, [code, request, { now = created, facts } = {}]]) => ({
      name,
      now: now * 1000,
      request,
      expect: { code, ...(facts && { facts }) },
    })),
  };
}
