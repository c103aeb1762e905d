import { createHmac } from "node:crypto";
import { type Subject, subjectText } from "@xinqiao/protocol/identity";

const tagBytes = 16;

/** What entries about one subject are found by: without the key nobody can tell whose they are. */
export function subjectTag(key: Uint8Array, subject: Pick<Subject, "scheme" | "id">): Buffer {
  return createHmac("sha256", key).update(subjectText(subject)).digest().subarray(0, tagBytes);
}
