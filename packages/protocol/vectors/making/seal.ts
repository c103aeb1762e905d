import { createHash } from "node:crypto";
import type { TestKey } from "./keys.ts";
import { created } from "./members.ts";

/**
 * Signs as the profile says, and in every wrong way it refuses. Written apart from the code under test and
 * sharing nothing with it, so that a fault cannot agree with itself.
 */
export interface Message {
  readonly method?: string;
  readonly status?: number;
  readonly targetUri?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Seal {
  readonly key: TestKey;
  /** Component identifiers as they stand in `Signature-Input`. */
  readonly components: readonly string[];
  /** Parameters by name, already serialised; `undefined` leaves one out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  readonly label?: string;
}

export const digestOf = (body: string, algorithm: "sha256" | "sha512" = "sha256") =>
  `sha-${algorithm.slice(3)}=:${createHash(algorithm).update(body).digest("base64")}:`;

function componentText(identifier: string, message: Message, request: Message | undefined): string {
  const [quoted = "", ...parameters] = identifier.split(";");
  const name = quoted.slice(1, -1).toLowerCase();
  const source = parameters.includes("req") ? (request ?? message) : message;
  if (name === "@method") return source.method ?? "";
  if (name === "@target-uri") return source.targetUri ?? "";
  if (name === "@status") return String(source.status);
  return source.headers[name]?.trim() ?? "";
}

export function signatureParameters(seal: Seal): string {
  const defaults = {
    created: `${created}`,
    expires: `${created + 60}`,
    nonce: '"AAECAwQFBgcICQoLDA0ODw"',
    keyid: `"${seal.key.keyId}"`,
    tag: '"xinqiao"',
  };
  const parameters = Object.entries({ ...defaults, ...seal.parameters })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `;${name}=${value}`);
  return `(${seal.components.join(" ")})${parameters.join("")}`;
}

/** The signature itself, base64. */
export function signatureOf(message: Message, seal: Seal, request?: Message): string {
  const lines = seal.components.map((name) => `${name}: ${componentText(name, message, request)}\n`);
  const base = `${lines.join("")}"@signature-params": ${signatureParameters(seal)}`;
  return Buffer.from(seal.key.sign(base)).toString("base64");
}

export interface SealedMessage extends Message {
  readonly headers: Readonly<Record<string, string>> &
    Readonly<Record<"signature-input" | "signature", string>>;
}

/** The message with its two signature fields; `request` is the one a response answers. */
export function sealed(message: Message, seal: Seal, request?: Message): SealedMessage {
  const { label = "xinqiao" } = seal;
  const headers = {
    ...message.headers,
    "signature-input": `${label}=${signatureParameters(seal)}`,
    signature: `${label}=:${signatureOf(message, seal, request)}:`,
  };
  return { ...message, headers };
}

/** The message with some headers replaced, or removed where the value is `undefined`; nothing is signed anew. */
export function withHeaders(
  message: Message,
  headers: Readonly<Record<string, string | undefined>>,
): Message {
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...message.headers, ...headers })) {
    if (value !== undefined) merged[name] = value;
  }
  return { ...message, headers: merged };
}
