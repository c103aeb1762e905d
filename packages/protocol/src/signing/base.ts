import type { RequestHead, ResponseHead } from "./message.ts";

/**
 * A covered component (RFC 9421 §2): a field or derived component, of this message or, with `req`,
 * of the request that this response answers. The parameters sf, bs, key, tr and name are outside
 * the profile and cannot be expressed.
 */
export interface Component {
  readonly name: string;
  readonly req: boolean;
}

/** RFC 9421 §2.2 derived components of a request. */
function derivedFromRequest(name: string, request: RequestHead): string | undefined {
  if (name === "@method") return request.method;
  if (name === "@target-uri") return request.targetUri;
  const url = URL.parse(request.targetUri);
  if (url === null) return undefined;
  switch (name) {
    case "@authority":
      return url.host;
    case "@scheme":
      return url.protocol.slice(0, -1);
    case "@request-target":
      return `${url.pathname}${url.search}`;
    case "@path":
      return url.pathname;
    case "@query":
      return url.search === "" ? "?" : url.search;
    default:
      return undefined;
  }
}

function componentValue(component: Component, message: RequestHead | ResponseHead): string | undefined {
  const isResponse = "status" in message;
  if (component.req && !isResponse) return undefined;
  if (component.name === "@status") return isResponse && !component.req ? String(message.status) : undefined;
  const source = component.req && isResponse ? message.request : message;
  if (component.name.startsWith("@")) {
    return "method" in source ? derivedFromRequest(component.name, source) : undefined;
  }
  return source.field(component.name)?.replace(outerSpace, "");
}

/** RFC 9110 §5.5: what surrounds a field value is SP and HTAB; anything else belongs to the value. */
export const outerSpace = /^[ \t]+|[ \t]+$/g;

/** RFC 9421 §2.5: a signature base is ASCII, and a CR or LF would let a value forge a line of its own. */
const signable = /^[\t\x20-\x7e]*$/;

/** `"content-digest";req`: a component identifier as RFC 9421 §2 serialises it. */
export function componentIdentifier(component: Component): string {
  return component.req ? `"${component.name}";req` : `"${component.name}"`;
}

/**
 * The signature base (RFC 9421 §2.5): one line a component, then the parameters. Returns the name
 * of the first component that the message does not have or whose value cannot be signed.
 */
export function signatureBase(
  components: readonly Component[],
  signatureParameters: string,
  message: RequestHead | ResponseHead,
): { readonly base: string } | { readonly absent: string } {
  let base = "";
  for (const component of components) {
    const value = componentValue(component, message);
    if (value === undefined || !signable.test(value)) return { absent: component.name };
    base += `${componentIdentifier(component)}: ${value}\n`;
  }
  return { base: `${base}"@signature-params": ${signatureParameters}` };
}

/** The inner list of components without its parameters, as it stands in `Signature-Input`. */
export function componentList(components: readonly Component[]): string {
  return `(${components.map(componentIdentifier).join(" ")})`;
}
