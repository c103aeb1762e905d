import { createHash, hash } from "node:crypto";
import { z } from "zod";
import { itemCodeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, nodeIdSchema, subjectKinds } from "../identity/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import type { CreditRecord } from "../record/index.ts";

/** SHA-256 of a record's id, in hexadecimal: the order of a digest, even whatever ids look like. */
export const recordKeySchema = z.string().regex(/^[0-9a-f]{64}$/);

/** One record in a digest. Who sees an entry may hold the record. */
export const digestEntrySchema = z.strictObject({ key: recordKeySchema, content: sha256Schema });
export type DigestEntry = z.infer<typeof digestEntrySchema>;

/** Records that are shared alike: what decides who may hold a copy is the same for all of them (PR-SYNC §7). */
export const digestGroupSchema = z.strictObject({
  source: nodeIdSchema,
  item: itemCodeSchema,
  jurisdiction: jurisdictionSchema,
  subjectKind: z.enum(subjectKinds),
});
export type DigestGroup = z.infer<typeof digestGroupSchema>;

export const groupName = ({ source, item, jurisdiction, subjectKind }: DigestGroup): string =>
  [source, item, jurisdiction, subjectKind].join("/");

export function recordKey(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/** SHA-256 of the version as RFC 8785 writes it: members in their order, whatever order a store has them in. */
export function recordContent(record: CreditRecord): string {
  return hash("sha256", JSON.stringify(inOrder(record)), "base64url");
}

/** Records hold text and whole numbers only: of RFC 8785 nothing but the order of members is left to do. */
function inOrder(members: Members): Members {
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    ordered[name] = isMembers(value) ? inOrder(value) : value;
  }
  return ordered;
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null;
