/** Reads one header field as RFC 9421 §2.1 combines it: all lines, in order, joined by ", ". Names are lower case. */
export type FieldReader = (name: string) => string | undefined;

/** What of a request can be signed. `targetUri` is the absolute URI under the recipient's public origin. */
export interface RequestHead {
  readonly method: string;
  readonly targetUri: string;
  readonly field: FieldReader;
}

/** What of a response can be signed, with the request it answers (for `;req` components). */
export interface ResponseHead {
  readonly status: number;
  readonly field: FieldReader;
  readonly request: RequestHead;
}

/** Reads from a plain object of lower-case names, as `node:http` and undici give them. */
export function fieldReader(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): FieldReader {
  return (name) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return typeof value === "string" || value === undefined ? value : value.join(", ");
  };
}
