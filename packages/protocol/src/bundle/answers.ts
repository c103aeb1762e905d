import type { KeptAnswers } from "../evidence/index.ts";
import { isCopied, openSignedAnswer } from "../exchange/index.ts";
import { type NodeId, subjectText } from "../identity/index.ts";
import { answerDigest, answerField, type LogEntry, type OutcomeRow } from "../log/index.ts";
import type { Directory } from "../registry/index.ts";
import type { Findings } from "./finding.ts";
import type { Opened } from "./openings.ts";
import type { ProvedEntry } from "./read-entries.ts";

export type Outcome = ProvedEntry & { readonly entry: Extract<LogEntry, { kind: "lookup.outcome" }> };
export type Intent = ProvedEntry & { readonly entry: Extract<LogEntry, { kind: "lookup.intent" }> };

export interface Asked {
  readonly intent: Intent;
  /** Whom it is about, where that is opened. */
  readonly subject: string | undefined;
  readonly directory: Directory;
  readonly city: NodeId;
}

/** Every answer beside an outcome: who signed it, that it answers this very question, that the row says what it says. */
export function checkAnswers(outcome: Outcome, opened: Opened, asked: Asked, findings: Findings): void {
  const { index, entry, bundled } = outcome;
  const answers = bundled.kept?.answers ?? [];
  for (const row of entry.rows) {
    const { jurisdiction, node, answerCommitment } = row;
    if (answerCommitment === undefined) {
      findings.proved(
        `${jurisdiction}（${node}）没有应答：${row.status}`,
        `${jurisdiction} (${node}) did not answer: ${row.status}`,
      );
      continue;
    }
    const jws = answers.find((answer) => answer.jurisdiction === jurisdiction)?.jws;
    if (jws === undefined) {
      findings.missing(
        `条目 ${index}：${jurisdiction}（${node}）的应答原文未出示`,
        `entry ${index}: the answer for ${jurisdiction} (${node}) is not shown`,
      );
    } else if (
      opened.get(answerField(jurisdiction)) !== answerDigest(jws) ||
      !answersThis(jws, row, outcome, asked)
    ) {
      findings.wrong(
        `条目 ${index}：${jurisdiction} 的应答不是 ${node} 对此问题的应答`,
        `entry ${index}: the answer for ${jurisdiction} is not ${node}'s answer to this question`,
      );
    } else if (isCopied(row)) {
      findings.proved(
        `${jurisdiction}（${node}）未应答（${row.code}），由市级按其共享副本代答并签名`,
        `${jurisdiction} (${node}) was not to be had (${row.code}); the city answered from its copy, and signed that`,
      );
    } else {
      findings.proved(
        `${jurisdiction} 的应答由 ${node} 以当时清单所列密钥签名：${row.status}`,
        `the answer for ${jurisdiction} was signed by ${node} with a key then listed: ${row.status}`,
      );
    }
  }
  if (!inOrder(answers, entry.rows)) {
    findings.wrong(
      `条目 ${index} 附有多余的应答`,
      `entry ${index}: there are answers that it does not speak of`,
    );
  }
}

function answersThis(
  jws: string,
  row: OutcomeRow,
  { entry }: Outcome,
  { intent, subject, directory, city }: Asked,
): boolean {
  const copied = isCopied(row);
  const opened = openSignedAnswer(jws, copied ? city : row.node, directory, Date.parse(entry.at));
  if (!opened.ok) return false;
  const answer = opened.value;
  const asker = intent.entry.requester ?? intent.entry.actor;
  return (
    answer.copyOf === (copied ? row.node : undefined) &&
    answer.jti === entry.exchange &&
    answer.aud === asker &&
    answer.jurisdiction === row.jurisdiction &&
    answer.purpose === intent.entry.purpose &&
    answer.items.join() === intent.entry.items.join() &&
    (subject === undefined || subjectText(answer.subject) === subject) &&
    (row.status === "stale" || row.status === answer.status) &&
    row.asOf === answer.asOf
  );
}

/** Each once, in the order of the rows. */
function inOrder(answers: KeptAnswers, rows: readonly OutcomeRow[]): boolean {
  const places = answers.map(({ jurisdiction }) =>
    rows.findIndex((row) => row.jurisdiction === jurisdiction && row.answerCommitment !== undefined),
  );
  return places.every((place, at) => place >= 0 && place > (places[at - 1] ?? -1));
}
