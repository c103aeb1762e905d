import {
  criteriaUsed,
  type ExportRequest,
  exportLines,
  openCriteria,
  type Search,
  searchPage,
  signExportProof,
} from "@xinqiao/protocol/audit";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { indexedCriteria } from "../search/index.ts";
import {
  type AuditDependencies,
  type AuditError,
  type AuditRequest,
  auditors,
  begin,
  committed,
} from "./begin.ts";
import type { StateUsesDependencies } from "./state-uses.ts";

/** Vouches that a file was made of all that a search finds, and of nothing else: it searches again before it signs. */
export async function vouchExport(
  request: AuditRequest<ExportRequest>,
  deps: StateUsesDependencies,
): Promise<Result<{ readonly proof: string }, AuditError>> {
  const { criteria, size, lines, entries, file } = request.asked;
  const { subject } = criteria;
  const by = criteriaUsed(criteria);
  const entry = {
    kind: "audit.exported",
    criteria: by,
    lines,
    format: file.format,
    sha256: file.sha256,
    ...committed(criteria),
  } as const;
  const begun = await begin(request, { by: auditors, subject, entry }, deps);
  if (!begun.ok) return begun;
  const found = await digest(request.asked, deps);
  if (!found.ok) return found;
  if (found.value.lines !== lines || found.value.entries !== entries) {
    return err({ unanswered: fault("log.export-differs", undefined, { lines: found.value.lines }) });
  }
  const { self, signer, now, log } = deps;
  const head = { origin: log.origin, size, root: found.value.root };
  const iat = Math.floor(now() / 1000);
  const proof = await signExportProof(
    {
      iss: self,
      aud: request.member.node,
      iat,
      criteria: openCriteria(criteria),
      by,
      lines,
      entries,
      file,
      head,
      index: begun.value.index,
    },
    signer,
  );
  return ok({ proof });
}

interface Digest {
  readonly lines: number;
  readonly entries: string;
  readonly root: string;
}

async function digest(
  { criteria, size }: ExportRequest,
  { index, tagKey }: AuditDependencies,
): Promise<Result<Digest, AuditError>> {
  const wanted = indexedCriteria(criteria, tagKey);
  let frontier = emptyFrontier;
  let lines = 0;
  let after: Search["after"];
  for (;;) {
    const page = await index.search({ criteria: wanted, limit: searchPage, size, after });
    if (!page.ok) return err({ unanswered: page.error });
    if (page.value.size !== size) return err({ unanswered: fault("log.search-unavailable") });
    for (const { leaf } of page.value.lines.flatMap((line) => line.entries)) {
      frontier = appendLeaf(frontier, leafHash(Buffer.from(leaf))).frontier;
    }
    lines += page.value.lines.length;
    after = page.value.next;
    if (after === undefined || lines > exportLines) {
      return ok({ lines, entries: rootOf(frontier).toString("base64url"), root: page.value.root });
    }
  }
}
