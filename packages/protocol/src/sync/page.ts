import { createHash } from "node:crypto";
import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Change, changeSchema, lineHash } from "./change.ts";
import { feedIdSchema } from "./feed.ts";

/** RFC 8725 §3.11: an explicit type, so that no other JWS of a member can pass for a page. */
export const pageType = "xinqiao-page+jws";

/** Most changes of one page. */
export const pageLength = 500;

const count = z.number().int().nonnegative();
const place = z.number().int().positive();

/** What a source signs: which changes a page has, in which place of which feed (PR-SYNC §3). */
export const pageHeadSchema = z
  .strictObject({
    /** The source. */
    iss: nodeIdSchema,
    feed: feedIdSchema,
    /** Seconds since 1970. */
    iat: count,
    /** The first change of the page; the others follow without a gap. */
    from: place,
    /** Hash of the head before; null in the first page of a feed. */
    prev: sha256Schema.nullable(),
    /** `lineHash` of each change; none in the first page of a source that has nothing to tell. */
    hashes: z.array(sha256Schema).max(pageLength),
    /**
     * From this page on the feed has named everything that its source held when it began: what a copy has of the feed
     * before and not of this one, the source has no more.
     */
    complete: z.boolean(),
  })
  // The first change comes behind a page that has none, too.
  .refine(({ from, prev }) => prev !== null || from === 1, "only the first page has none before it")
  .refine(
    ({ hashes, prev, complete }) => hashes.length > 0 || (prev === null && complete),
    "only of a feed that names nothing a page has no change",
  );
export type PageHead = z.infer<typeof pageHeadSchema>;

export const lastOf = ({ from, hashes }: Pick<PageHead, "from" | "hashes">): number =>
  from + hashes.length - 1;

/** A page as it is handed on: the head as its source signed it, and the lines; null for one that the reader may not see. */
export interface Page {
  readonly head: string;
  readonly lines: readonly (string | null)[];
}

export function signPageHead(head: PageHead, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(head)), pageType, signer);
}

/** What the next page, and a receipt, name a page by: SHA-256 of its head as it travels, base64url. */
export function headHash(head: string): string {
  return createHash("sha256").update(head).digest("base64url");
}

export interface OpenedPage extends PageHead {
  readonly hash: string;
  readonly last: number;
  /** One for each hash; null where the line was withheld. */
  readonly changes: readonly (Change | null)[];
}

/**
 * Opens a page: signed by its source with a key that counted when it was signed, and each line the one that was signed
 * for its place. Whoever handed it on is not relied on.
 */
export function openPage(
  page: Page,
  source: NodeId,
  directory: Pick<Directory, "key">,
): Result<OpenedPage, Fault> {
  const invalid = (detail: string) => err(fault("sync.page-invalid", detail));
  const jws = readCompact(page.head, pageType);
  const head = jws && pageHeadSchema.safeParse(payloadOf(jws)).data;
  if (jws === undefined || head === undefined) return invalid("no head of a page");
  const known = directory.key(jws.keyId, source);
  if (head.iss !== source || known?.member.node !== source) return invalid("not of its source");
  if (!countsAt(known, head.iat * 1000)) return invalid("signed with a key that did not count");
  if (!verifyCompact(jws, known.verifier)) return invalid("the signature does not verify");
  const changes = openLines(page.lines, head);
  if (changes === undefined) return invalid("a line is not the one that was signed");
  return ok({ ...head, hash: headHash(page.head), last: lastOf(head), changes });
}

function openLines(lines: Page["lines"], head: PageHead): (Change | null)[] | undefined {
  // In a message no line at all looks like one that was withheld.
  if (head.hashes.length === 0 && lines.every((line) => line === null)) return [];
  if (lines.length !== head.hashes.length) return undefined;
  const changes: (Change | null)[] = [];
  for (const [at, line] of lines.entries()) {
    const change = line === null ? null : openLine(line, head.from + at, head.hashes[at]);
    if (change === undefined) return undefined;
    changes.push(change);
  }
  return changes;
}

function openLine(line: string, seq: number, hash: string | undefined): Change | undefined {
  if (lineHash(line) !== hash) return undefined;
  const change = changeSchema.safeParse(parsed(line)).data;
  return change?.seq === seq ? change : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
