import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { decryptionJwkSchema } from "../encryption/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { importSigner, privateJwkSchema, type Signer, suiteNameSchema } from "../keys/index.ts";
import { recordSchema } from "../record/index.ts";
import { createDirectory, type Directory, memberListSchema } from "../registry/index.ts";
import { fieldReader, type RequestHead, type ResponseHead } from "../signing/index.ts";

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const requestSchema = z
  .strictObject({ method: z.string(), targetUri: z.string(), headers, body: z.string().default("") })
  .transform(({ method, targetUri, headers, body }) => {
    const head: RequestHead = { method, targetUri, field: fieldReader(headers) };
    return { head, headers, body: Buffer.from(body) };
  });
const responseSchema = z.strictObject({ status: z.number(), headers, body: z.string() });

const outcome = {
  name: z.string(),
  /** Milliseconds since 1970. */
  now: z.number(),
  expect: z.strictObject({
    from: z.string().optional(),
    code: z.string().optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  }),
};
const requestCase = z.strictObject({ ...outcome, request: requestSchema });
const responseCase = z.strictObject({
  ...outcome,
  request: requestSchema.optional(),
  response: responseSchema,
});
const file = { about: z.string(), self: nodeIdSchema };
const requestFile = z.strictObject({
  ...file,
  valid: z.array(requestCase).min(1),
  invalid: z.array(requestCase).min(1),
});
const responseFile = z.strictObject({
  ...file,
  request: requestSchema,
  valid: z.array(responseCase).min(1),
  invalid: z.array(responseCase).min(1),
});
const membersFile = memberListSchema.extend({
  about: z.string(),
  privateKeys: z.record(z.string(), privateJwkSchema),
});
const rfcFile = z.strictObject({
  about: z.string(),
  keys: z.record(z.string(), privateJwkSchema),
  cases: z
    .array(
      z.strictObject({
        name: z.string(),
        key: z.string().optional(),
        request: requestSchema,
        response: responseSchema.optional(),
        /** The value of `@signature-params`. */
        parameters: z.string(),
        base: z.string().optional(),
        signature: z.base64().optional(),
        verifies: z.boolean().default(true),
      }),
    )
    .min(1),
});

const sealedFile = z.strictObject({
  about: z.string(),
  privateKey: decryptionJwkSchema,
  place: z.strictObject({ iss: nodeIdSchema, aud: nodeIdSchema, jti: z.uuid() }),
  valid: z
    .array(z.strictObject({ name: z.string(), sealed: z.string(), records: z.array(recordSchema) }))
    .min(1),
  invalid: z
    .array(
      z.strictObject({
        name: z.string(),
        code: z.string(),
        /** Whether who carries it can tell. */
        carrier: z.boolean(),
        sealed: z.string(),
      }),
    )
    .min(1),
});

const signatureCase = z.strictObject({ name: z.string(), message: z.string(), signature: z.string() });
const keyCase = z.strictObject({ name: z.string(), jwk: z.unknown() });
const sm2File = z.strictObject({
  about: z.string(),
  userId: z.string(),
  key: privateJwkSchema,
  valid: z.array(
    signatureCase.extend({ za: z.hex().optional(), e: z.hex().optional(), k: z.hex().optional() }),
  ),
  invalid: z.array(signatureCase).min(1),
  invalidKeys: z.array(keyCase).min(1),
  invalidPrivateKeys: z.array(keyCase).min(1),
});

const noteCase = z.strictObject({ name: z.string(), keys: z.array(z.string()), note: z.string() });
const noteFile = z.strictObject({
  about: z.string(),
  keys: z.strictObject({
    valid: z.array(
      z.strictObject({ name: z.string(), key: z.string(), use: z.string(), suite: suiteNameSchema }),
    ),
    invalid: z.array(z.strictObject({ name: z.string(), key: z.string() })),
  }),
  notes: z.strictObject({
    valid: z.array(noteCase.extend({ text: z.string(), signedBy: z.array(z.string()) })),
    invalid: z.array(noteCase.extend({ reason: z.string() })),
  }),
  checkpoints: z.strictObject({
    valid: z.array(
      noteCase.extend({
        origin: z.string(),
        size: z.number(),
        cosignedBy: z.array(z.strictObject({ name: z.string(), time: z.number() })),
      }),
    ),
    invalid: z.array(noteCase.extend({ origin: z.string(), reason: z.string() })),
  }),
  cosignatures: z.strictObject({ invalid: z.array(noteCase) }).optional(),
});

const folder = join(import.meta.dirname, "../../vectors");

function read<T extends z.ZodType>(name: string, schema: T): z.output<T> {
  return schema.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
}

export const readRequestVectors = () => read("signing/requests.json", requestFile);
export const readResponseVectors = () => read("signing/responses.json", responseFile);
export const readRfc9421Vectors = () => read("signing/rfc9421.json", rfcFile);
export const readSealedVectors = () => read("encryption/sealed.json", sealedFile);
export const readNoteVectors = () =>
  ["note/published.json", "note/own.json"].map((name) => read(name, noteFile));
export const readSm2Vectors = () => read("keys/sm2.json", sm2File);

/** A response of the vectors beside the request it answers. */
export function responseHead(response: z.output<typeof responseSchema>, request: RequestHead): ResponseHead {
  return { status: response.status, field: fieldReader(response.headers), request };
}

/** The federation of the vectors: `sz`, `sz-baoan`, `dg` and `hz`, and a signer for each of their published keys. */
export function testFederation(): {
  readonly directory: Directory;
  readonly signer: (name: string) => Signer;
} {
  const { version, members, privateKeys } = read("signing/members.json", membersFile);
  const directory = createDirectory({ version, members });
  if (!directory.ok) throw new Error(directory.error.join("; "));
  return {
    directory: directory.value,
    signer(name) {
      const jwk = privateKeys[name];
      const signer = jwk && importSigner(jwk);
      if (!signer?.ok) throw new Error(`the vectors have no usable key named ${name}`);
      return signer.value;
    },
  };
}
