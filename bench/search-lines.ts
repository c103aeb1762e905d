import type { createEmpty } from "@xinqiao/gateway/search-index";
import { type UseOutcome, useOutcomes } from "@xinqiao/protocol/audit";
import type { Code } from "@xinqiao/protocol/problem";

type Database = ReturnType<typeof createEmpty>;

const kinds = ["lookup.intent", "lookup.refused"] as const;
export const members = Array.from({ length: 300 }, (_, at) => `member-${at}`);
export const purposes = Array.from({ length: 20 }, (_, at) => `purpose-${at}`);
export const codes: readonly Code[] = [
  "policy.purpose-excludes-item",
  "policy.quota-exceeded",
  "authorisation.expired",
];

/** Two years. */
export const spanMs = 2 * 365 * 86_400_000;
export const begin = Date.UTC(2024, 0, 1);

export const subjects = 2_000_000;

/** The tag of one subject. */
export const tagOf = (subject: number) => Buffer.from(String(subject).padStart(16, "0"));

/**
 * Fills a search index with lines, in SQL: as a city's log would have them after two years. A few members and purposes have
 * most of the lines, one lookup in ten is partial, one in twenty refused, one in seven authorised, one in eight asks four nodes.
 */
export function fillLines(database: Database, lines: number): void {
  const add = database.prepare("INSERT INTO name (id, text) VALUES (?, ?)");
  const words = [...kinds, ...useOutcomes, ...members, ...purposes, ...codes];
  for (const [at, word] of words.entries()) add.run(at + 1, word);
  const first = (word: string) => words.indexOf(word) + 1;
  const outcome = (word: UseOutcome) => first(word);
  database.exec("BEGIN");
  database
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :lines - 1),
       r AS (SELECT i,
               (i * 2654435761) % 1000003 / 1000003.0 AS a,
               (i * 40503 + 77) % 999983 / 999983.0 AS b,
               (i * 69069 + 13) % 999979 AS c FROM n)
       INSERT INTO line (idx, at, kind, actor, member, purpose, outcome, code, issuer, exchange, trace, tag, closed)
       SELECT 2 * i, :begin + i * :step,
         iif(c % 20 = 0, :refusedKind, :intentKind),
         :member + CAST(a * a * 300 AS INTEGER), :member + CAST(a * a * 300 AS INTEGER),
         :purpose + CAST(b * b * 20 AS INTEGER),
         CASE WHEN c % 20 = 0 THEN :refused WHEN c % 10 = 1 THEN :partial WHEN c % 5000 = 2 THEN :interrupted ELSE :complete END,
         iif(c % 20 = 0, :code + c % 3, NULL),
         iif(c % 7 = 3, :member + CAST(a * 300 AS INTEGER), NULL),
         randomblob(16), randomblob(16),
         CAST(printf('%016d', (i * 48271) % ${subjects}) AS BLOB),
         iif(c % 20 = 0, NULL, 2 * i + 1)
       FROM r`,
    )
    .run({
      lines,
      begin,
      step: Math.floor(spanMs / lines),
      refusedKind: first("lookup.refused"),
      intentKind: first("lookup.intent"),
      member: first("member-0"),
      purpose: first("purpose-0"),
      code: first(codes[0] ?? ""),
      refused: outcome("refused"),
      partial: outcome("partial"),
      interrupted: outcome("interrupted"),
      complete: outcome("complete"),
    });
  database
    .prepare(
      `INSERT INTO target (node, at, line)
       SELECT :member + (idx / 2 + t.n * 37) % 60, at, idx FROM line
       JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS t
       WHERE t.n = 0 OR idx % 16 = 0 ORDER BY 1, 2, 3`,
    )
    .run({ member: first("member-0") });
  database.exec("COMMIT");
}
