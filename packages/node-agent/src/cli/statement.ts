import { type StatedUse, type Statement, statementSchema } from "@xinqiao/protocol/audit";
import { writeNewFile } from "@xinqiao/runtime/cli";
import { z } from "zod";
import { loadConfig } from "../config/index.ts";
import { readIdentifier } from "./identifier.ts";
import { postLocal } from "./local-api.ts";

export interface StatementOptions {
  readonly home: string;
  readonly subject: string;
  readonly kind: string;
  readonly scheme?: string;
  readonly out?: string;
}

const answerSchema = z.object({ statement: z.string(), says: statementSchema });

/**
 * Who looked a subject up, for the subject to be handed: asked by the member at whose counter it stands and which has
 * checked who it is. The agent has verified the city's signature; `--out` keeps what was signed.
 */
export async function statement(options: StatementOptions): Promise<string> {
  const { home, subject, kind, scheme = kind === "individual" ? "citizen-id" : "uscc", out } = options;
  const config = await loadConfig(home);
  const id = await readIdentifier(subject);
  const answered = await postLocal(config, "/v1/audit/statements", { subject: { kind, scheme, id } });
  const { statement: signed, says } = answerSchema.parse(JSON.parse(answered));
  if (out !== undefined) await writeNewFile(out, `${signed}\n`);
  return describeStatement(says);
}

/** In both languages, for whoever it is handed to. */
export function describeStatement({ iss, iat, subject, uses, cut, head }: Statement): string {
  const at = new Date(iat * 1000).toISOString();
  return [
    `查询情况说明 Statement of lookups · ${iss} · ${at}`,
    `主体 subject: ${subject.scheme} ${subject.id}`,
    uses.length === 0
      ? "查不到对该主体的查询 No lookup of this subject can be found"
      : `共 ${uses.length} 次查询，由新到旧 ${uses.length} lookups, newest first:`,
    ...uses.map(describeUse),
    "已依法删除留存、或留存期满的查询，不再能按主体查出 What was erased at a subject's word, or is past its time, can no more be found by subject",
    "批量筛查不列入本说明 Screenings of lists are not in this statement",
    ...(cut ? ["更早的查询未列出 Older ones are not listed"] : []),
    `日志 log: size 总数 ${head.size}, root ${head.root}`,
  ].join("\n");
}

function describeUse({ at, member, purpose, outcome, authorisation, exchange, index }: StatedUse): string {
  const by = authorisation
    ? `授权 authorised by ${authorisation.issuer} (${authorisation.id ?? "-"})`
    : "未出具授权 without an authorisation";
  return `- ${at}  查询方 by ${member}  用途 for ${purpose ?? "-"}  结果 outcome ${outcome}  ${by}  交换 exchange ${exchange} #${index}`;
}
