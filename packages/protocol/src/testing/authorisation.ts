import {
  type Authorisation,
  authorisationSchema,
  type CarriedAuthorisation,
  signAuthorisation,
} from "../authorisation/index.ts";
import { commit, commitmentKeyBytes } from "../commitment/index.ts";
import { subjectText } from "../identity/index.ts";
import { testExpected } from "./answers.ts";
import { testNow } from "./messages.ts";
import { testFederation } from "./vectors.ts";

/** What opens the commitment of the test authorisation. */
export const testAuthorisationKey = Buffer.alloc(commitmentKeyBytes, 7);

/** The district's own, of the subject that the test question is about: a minute old, good for an hour and one use. */
export function testAuthorisation(change: object = {}): Authorisation {
  const seconds = testNow / 1000;
  return authorisationSchema.parse({
    iss: "sz-baoan",
    jti: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60",
    sub: commit(testAuthorisationKey, subjectText(testExpected().question.subject)),
    aud: "sz-baoan",
    purpose: "approval",
    items: ["penalty"],
    iat: seconds - 60,
    exp: seconds + 3_600,
    uses: 1,
    proof: { method: "counter", reference: commit(testAuthorisationKey, "示授〔2026〕1号") },
    ...change,
  });
}

/** It as a lookup carries it. */
export async function testCarried(
  change: object = {},
  { by = "sz-baoan", key = testAuthorisationKey }: { readonly by?: string; readonly key?: Uint8Array } = {},
): Promise<CarriedAuthorisation> {
  const token = await signAuthorisation(testAuthorisation(change), testFederation().signer(by));
  return { token, key: Buffer.from(key).toString("base64url") };
}
