import { randomBytes, randomUUID } from "node:crypto";
import {
  type Authorisation,
  authorisationSchema,
  type CarriedAuthorisation,
  signAuthorisation,
} from "@xinqiao/protocol/authorisation";
import { subjectText } from "@xinqiao/protocol/identity";
import { commit } from "@xinqiao/protocol/log";
import type { Party } from "./party.ts";
import { sampleUscc } from "./signed-client.ts";

/** Token and key of an authorisation that a party signed, and what is in it. */
export interface GivenAuthorisation {
  readonly carried: CarriedAuthorisation;
  readonly authorisation: Authorisation;
}

/** The sample enterprise's, for a bank's loan review of its penalties by whoever signs it; a test changes what it says. */
export async function authorise(
  party: Party,
  change: object = {},
  subject: Parameters<typeof subjectText>[0] = { scheme: "uscc", id: sampleUscc },
): Promise<GivenAuthorisation> {
  const [key, proofKey] = [randomBytes(32), randomBytes(32)];
  const iat = Math.floor(Date.now() / 1000);
  const authorisation = authorisationSchema.parse({
    iss: party.member.node,
    jti: randomUUID(),
    sub: commit(key, subjectText(subject)),
    aud: party.member.node,
    purpose: "bank-loan-review",
    items: ["penalty"],
    iat,
    exp: iat + 3_600,
    uses: 1_000,
    proof: { method: "counter", reference: commit(proofKey, "示授〔2026〕1号") },
    ...change,
  });
  const token = await signAuthorisation(authorisation, party.signer);
  return { carried: { token, key: key.toString("base64url") }, authorisation };
}
