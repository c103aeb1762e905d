import { hash } from "node:crypto";
import type { ResultRow } from "../exchange/index.ts";

/** A row as it was told: by the digest of the node's answer rather than the answer. */
export interface ToldRow extends Pick<ResultRow, "jurisdiction" | "node" | "status" | "code"> {
  /** `answerDigest` of the node's answer. */
  readonly answer?: string | undefined;
}

/** SHA-256 of what an asker was told: every row's node, status, code and answer. */
export function toldDigest(complete: boolean, rows: readonly ToldRow[]): string {
  const told = rows.map(({ jurisdiction, node, status, code = null, answer = null }) => [
    jurisdiction,
    node,
    status,
    code,
    answer,
  ]);
  return digest(["told", complete, told]);
}

export function refusalDigest(code: string): string {
  return digest(["refused", code]);
}

const digest = (value: readonly unknown[]) => hash("sha256", JSON.stringify(value), "base64url");
