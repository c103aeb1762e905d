import { clockToleranceSeconds } from "../clock/index.ts";
import { opens } from "../commitment/index.ts";
import { type Subject, subjectText } from "../identity/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import type { Directory } from "../registry/index.ts";
import type { Authorisation, CarriedAuthorisation } from "./authorisation.ts";
import { openAuthorisation } from "./token.ts";

/** An authorisation as a lookup presents it: read, and with nothing against it; or why it does not count. */
export type PresentedAuthorisation =
  | { readonly authorisation: Authorisation; readonly fault?: undefined }
  | {
      /** Absent when the token could not be read. */
      readonly authorisation?: Authorisation;
      readonly fault: Fault;
    };

export interface Presenting {
  readonly subject: Subject;
  readonly directory: Pick<Directory, "key" | "member" | "peerOf">;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Why one that is sound does not stand any more, as far as this node knows. */
  readonly standing?: (authorisation: Authorisation) => Fault | undefined;
}

/** Reads the authorisation that comes with a question and says whether it counts, now and for this subject. */
export function presentAuthorisation(
  { token, key }: CarriedAuthorisation,
  { subject, directory, now, standing }: Presenting,
): PresentedAuthorisation {
  const opened = openAuthorisation(token, directory);
  if (!opened.ok) return { fault: opened.error };
  const authorisation = opened.value;
  const { iss, aud, sub, iat, exp } = authorisation;
  const seconds = now / 1000;
  const refused = (reason: Fault) => ({ authorisation, fault: reason });
  // Who is suspended takes nothing down for anybody, and who has left could not withdraw what it took down.
  if (directory.member(iss)?.status !== "active") return refused(fault("authorisation.issuer-not-active"));
  if (iat > seconds + clockToleranceSeconds) return refused(fault("authorisation.not-yet-valid"));
  if (seconds > exp) return refused(fault("authorisation.expired"));
  if (!opens(sub, { key: Buffer.from(key, "base64url"), value: subjectText(subject) })) {
    return refused(fault("authorisation.for-another-subject"));
  }
  // What was withdrawn in another city is known there: it has let the question of its own member through.
  const issuedIn = directory.peerOf(iss)?.city;
  if (issuedIn !== undefined && issuedIn !== directory.peerOf(aud)?.city) {
    return refused(fault("authorisation.standing-unknown"));
  }
  const withdrawn = standing?.(authorisation);
  return withdrawn === undefined ? { authorisation } : refused(withdrawn);
}
