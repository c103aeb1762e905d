import { created, keys } from "./members.ts";
import { fromDistrict as ours, components as requestComponents } from "./plain-request.ts";
import { digestOf, type Message, type Seal, sealed, signatureOf, withHeaders } from "./seal.ts";

const body = '{"exchange":"7f8d2c1e-5b0a-4c3d-9e6f-0a1b2c3d4e5f","complete":true,"results":[]}';

const bare = ['"@status"', '"content-digest"', '"content-type"'];
const components = [...bare, ...requestComponents.map((name) => `${name};req`)];

const unsigned = {
  status: 200,
  headers: { "content-type": "application/json", "content-digest": digestOf(body) },
  body,
};
const refusal = {
  ...unsigned,
  status: 403,
  headers: { ...unsigned.headers, "content-type": "application/problem+json" },
};

const seal: Seal = { key: keys.sz, components };
const answer = sealed(unsigned, seal, ours);
const signedWith = (change: Partial<Seal>, message: Message = unsigned, request: Message = ours) =>
  sealed(message, { ...seal, ...change }, request);
const without = (component: string) =>
  signedWith({ components: components.filter((name) => name !== component) });
const another = withHeaders(ours, { "x-request-id": "00000000-0000-4000-8000-000000000000" });
const toDongguan = withHeaders(ours, { "xinqiao-to": "dg" });
const toHuizhou = withHeaders(ours, { "xinqiao-to": "hz" });

interface Case {
  readonly response: Message;
  readonly request?: Message;
  readonly from?: string;
  readonly code?: string;
}

const accepted: Readonly<Record<string, Case>> = {
  "Ed25519, as we sign it": { response: answer },
  "ES256, as we sign it": {
    response: signedWith({ key: keys.dg }, unsigned, toDongguan),
    request: toDongguan,
    from: "dg",
  },
  "SM2 with SM3, as we sign it: without alg": {
    response: signedWith({ key: keys.hz }, unsigned, toHuizhou),
    request: toHuizhou,
    from: "hz",
  },
  "a refusal, signed": { response: signedWith({}, refusal) },
  "alg that fits the key": { response: signedWith({ parameters: { alg: '"ed25519"' } }) },
};

const refused: Readonly<Record<string, Case>> = {
  "no signature": { code: "signature.missing", response: unsigned },
  "a signature over something else": {
    code: "signature.invalid",
    response: withHeaders(answer, { signature: `xinqiao=:${signatureOf(refusal, seal, ours)}:` }),
  },
  "another status": { code: "signature.invalid", response: { ...answer, status: 403 } },
  "another media type": {
    code: "signature.invalid",
    response: withHeaders(answer, { "content-type": "text/plain" }),
  },
  "a body changed": { code: "digest.mismatch", response: { ...answer, body: body.replace("true", "false") } },
  "an answer to another request": { code: "signature.invalid", response: signedWith({}, unsigned, another) },
  "an answer to a request with another body": {
    code: "signature.invalid",
    response: signedWith({}, unsigned, withHeaders(ours, { "content-digest": digestOf("{}") })),
  },
  "an answer to a request at another address": {
    code: "signature.invalid",
    response: signedWith({}, unsigned, { ...ours, targetUri: "https://sz.example/v1/answers" }),
  },
  "an answer to another member's request": {
    code: "signature.recipient-mismatch",
    response: signedWith({}, unsigned, withHeaders(ours, { "xinqiao-from": "dg" })),
    request: withHeaders(ours, { "xinqiao-from": "dg" }),
  },
  "signed by a member that was not asked": {
    code: "signature.key-of-another-member",
    response: signedWith({ key: keys.dg }),
  },
  "signed by the asker": {
    code: "signature.key-of-another-member",
    response: signedWith({ key: keys["sz-baoan"] }),
  },
  "signed by nobody we know": { code: "signature.key-unknown", response: signedWith({ key: keys.stranger }) },
  "the request's own signature sent back": {
    code: "signature.component-unknown",
    response: withHeaders(unsigned, {
      "signature-input": ours.headers["signature-input"],
      signature: ours.headers.signature,
    }),
  },
  "bare components only, nothing of the request": {
    code: "signature.component-missing",
    response: signedWith({ components: bare }),
  },
  ...Object.fromEntries(
    components.map((name) => [
      `without ${name.replaceAll('"', "")}`,
      { code: "signature.component-missing", response: without(name) },
    ]),
  ),
  "a component twice": {
    code: "signature.component-duplicate",
    response: signedWith({ components: [...components, '"content-type";req'] }),
  },
  "the request's signature covered too": {
    code: "signature.component-unknown",
    response: signedWith({ components: [...components, '"signature";req'] }),
  },
  "@status of the request": {
    code: "signature.component-unknown",
    response: signedWith({ components: [...components, '"@status";req'] }),
  },
};

export function responseVectors() {
  const entry = ([name, { response, request, ...expect }]: [string, Case]) => ({
    name,
    now: created * 1000,
    response,
    ...(request && { request }),
    expect,
  });
  return {
    about: "Responses as the node `sz-baoan` receives them, to `request` unless a case names its own.",
    self: "sz-baoan",
    request: ours,
    valid: Object.entries(accepted).map(([name, { from = "sz", ...rest }]) =>
      entry([name, { ...rest, from }]),
    ),
    invalid: Object.entries(refused).map(entry),
  };
}
