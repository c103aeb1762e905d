import { type InnerList, isInnerList, parseDictionary, serializeInnerList } from "structured-headers";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Component, componentIdentifier, outerSpace } from "./base.ts";
import type { FieldReader } from "./message.ts";
import { lifetimeSeconds, noncePattern, profileLabel, profileParameters, profileTag } from "./profile.ts";

/** The one Xinqiao signature on a message, taken apart and held to the profile's form. */
export interface ParsedSignature {
  readonly components: readonly Component[];
  /** The inner list with its parameters, as the signature base repeats it (RFC 9421 §2.3). */
  readonly parameters: string;
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly keyId: string;
  readonly algorithm: string | undefined;
  readonly signature: Uint8Array;
}

/**
 * Finds the signature by its tag: not "any valid one" (injection), not "all of them" (denial of
 * service), not by label (unsigned). Then checks that it covers exactly what the profile names.
 */
export function parseSignature(
  field: FieldReader,
  required: readonly Component[],
): Result<ParsedSignature, Fault> {
  const located = locate(field);
  if (!located.ok) return located;
  const { input, ...verbatim } = located.value;
  const components = parseComponents(input, required);
  if (!components.ok) return components;
  const parameters = parseParameters(input);
  if (!parameters.ok) return parameters;
  return ok({ components: components.value, ...parameters.value, ...verbatim });
}

type Located = Pick<ParsedSignature, "parameters" | "signature"> & { readonly input: InnerList };

function locate(field: FieldReader): Result<Located, Fault> {
  const inputField = field("signature-input");
  const signatureField = field("signature");
  if (inputField === undefined || signatureField === undefined) return err(fault("signature.missing"));
  try {
    const inputs = [...parseDictionary(inputField)].filter(
      ([, [, parameters]]) => parameters.get("tag") === profileTag,
    );
    const [found, second] = inputs;
    if (found === undefined) return err(fault("signature.missing"));
    if (second !== undefined) return err(fault("signature.ambiguous"));
    const [label, input] = found;
    if (!isInnerList(input)) return err(fault("signature.malformed"));
    const [value, extra] = parseDictionary(signatureField).get(label) ?? [];
    if (!(value instanceof ArrayBuffer) || extra?.size !== 0) return err(fault("signature.malformed"));
    const [parameters, signature] = [serializeInnerList(input), Buffer.from(value)];
    // `created=1.0`, a repeated parameter, odd spacing or stray base64 bits read the same but are not what was sent.
    const asSent =
      inputField.includes(`${label}=${parameters}`) &&
      signatureField.includes(`${label}=:${signature.toString("base64")}:`);
    return asSent ? ok({ input, parameters, signature }) : err(fault("signature.malformed"));
  } catch {
    return err(fault("signature.malformed"));
  }
}

function parseComponents(
  [items]: InnerList,
  required: readonly Component[],
): Result<readonly Component[], Fault> {
  const allowed = new Set(required.map(componentIdentifier));
  const seen = new Set<string>();
  const components: Component[] = [];
  for (const [name, parameters] of items) {
    if (typeof name !== "string") return err(fault("signature.malformed"));
    const component = { name, req: parameters.get("req") === true };
    const identifier = componentIdentifier(component);
    // A parameter the profile does not know (sf, bs, key, tr, name) makes another component of it.
    if (parameters.size > (component.req ? 1 : 0) || !allowed.has(identifier)) {
      return err(fault("signature.component-unknown", undefined, { component: name.slice(0, 64) }));
    }
    if (seen.has(identifier)) {
      return err(fault("signature.component-duplicate", undefined, { component: identifier }));
    }
    seen.add(identifier);
    components.push(component);
  }
  const missing = required.find((component) => !seen.has(componentIdentifier(component)));
  if (missing) {
    return err(fault("signature.component-missing", undefined, { component: componentIdentifier(missing) }));
  }
  return ok(components);
}

type Parameters = Pick<ParsedSignature, "created" | "expires" | "nonce" | "keyId" | "algorithm">;

function parseParameters([, parameters]: InnerList): Result<Parameters, Fault> {
  for (const name of parameters.keys()) {
    if (name !== "alg" && !profileParameters.some((known) => known === name)) {
      return err(fault("signature.parameter-unknown", undefined, { parameter: name.slice(0, 64) }));
    }
  }
  const missing = profileParameters.find((name) => !parameters.has(name));
  if (missing) return err(fault("signature.parameter-missing", undefined, { parameter: missing }));
  const [created, expires] = [parameters.get("created"), parameters.get("expires")];
  const [nonce, keyId, algorithm] = [parameters.get("nonce"), parameters.get("keyid"), parameters.get("alg")];
  if (
    !isSeconds(created) ||
    !isSeconds(expires) ||
    typeof nonce !== "string" ||
    !noncePattern.test(nonce) ||
    typeof keyId !== "string" ||
    (algorithm !== undefined && typeof algorithm !== "string")
  ) {
    return err(fault("signature.malformed"));
  }
  if (expires <= created || expires - created > lifetimeSeconds.max) {
    return err(fault("signature.lifetime", undefined, { maxSeconds: lifetimeSeconds.max }));
  }
  return ok({ created, expires, nonce, keyId, algorithm });
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** The one signature on a message, and every field that it needs to be verified again, each in its one form. */
export interface CoveredFields extends Pick<ParsedSignature, "components" | "parameters"> {
  readonly headers: Record<string, string>;
}

/** Labels are not signed: what is kept bears ours, and of several signatures only the one of the profile. */
export function coveredFields(field: FieldReader, required: readonly Component[]): CoveredFields | undefined {
  const parsed = parseSignature(field, required);
  if (!parsed.ok) return undefined;
  const { components, parameters, signature } = parsed.value;
  const headers: Record<string, string> = {};
  for (const { name, req } of components) {
    const value = req || name.startsWith("@") ? undefined : field(name);
    if (value !== undefined) headers[name] = value.replace(outerSpace, "");
  }
  headers["signature-input"] = `${profileLabel}=${parameters}`;
  headers.signature = `${profileLabel}=:${Buffer.from(signature).toString("base64")}:`;
  return { components, parameters, headers };
}

/** From when to when the one signature on a message is good, in seconds since 1970. */
export function signatureTimes(
  field: FieldReader,
  required: readonly Component[],
): Pick<ParsedSignature, "created" | "expires"> | undefined {
  const parsed = parseSignature(field, required);
  return parsed.ok ? parsed.value : undefined;
}
