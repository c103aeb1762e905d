import { type Subject, subjectText } from "@xinqiao/protocol/identity";
import { subjectTags } from "../log/index.ts";

/** What entries about one subject are found by: without the key nobody can tell whose they are. */
export function subjectTag(key: Uint8Array, subject: Pick<Subject, "scheme" | "id">): Buffer {
  return Buffer.from(subjectTags(key)(subjectText(subject)), "hex");
}
