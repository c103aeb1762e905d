import { hash } from "node:crypto";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { GivenRecord, GivenRecords } from "../../screening/index.ts";
import type { Compaction } from "../../sharing/index.ts";

/**
 * What screenings gave whom, a row for each: digests of source, record and version, one behind the other, and the day, to be
 * forgotten. A table of single records would make one write of ten thousand wander over all of its pages.
 */
export const givenSchema = `
  CREATE TABLE IF NOT EXISTS given (
    id       INTEGER PRIMARY KEY,
    exchange TEXT NOT NULL,
    day      TEXT NOT NULL,
    digests  BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS given_of ON given (exchange);
  CREATE INDEX IF NOT EXISTS given_by_day ON given (day);
`;

/** Whoever was given a record reports what it did within two years. */
const keptFor = "-2 years";

const digestsSchema = z.array(z.instanceof(Buffer));

export function createGiven(database: Database): GivenRecords & Pick<Compaction, "forgetGiven"> {
  const add = database.prepare("INSERT INTO given (exchange, day, digests) VALUES (?, ?, ?)");
  const find = database.prepare("SELECT digests FROM given WHERE exchange = ?").pluck();
  const forget = database.prepare(
    "DELETE FROM given WHERE id IN (SELECT id FROM given WHERE day < date(?, ?) LIMIT ?)",
  );
  return {
    give: (exchange, records, day) => {
      const digests = records.map((record) => digestOf({ exchange, ...record }));
      add.run(exchange, day, Buffer.concat(digests));
    },
    wasGiven(given) {
      const digest = digestOf(given);
      return digestsSchema.parse(find.all(given.exchange)).some((digests) => contains(digests, digest));
    },
    forgetGiven: (today, limit) => forget.run(today, keptFor, limit).changes,
  };
}

/** Nobody makes one up to which a record of theirs comes. */
const digestLength = 16;

/** The exchange goes in, too: who sees the file is not told that two screenings gave the same record. */
function digestOf({ exchange, source, record, version }: GivenRecord): Buffer {
  const text = JSON.stringify([exchange, source, record, version]);
  return hash("sha256", text, "buffer").subarray(0, digestLength);
}

function contains(digests: Buffer, digest: Buffer): boolean {
  for (let at = 0; at < digests.length; at += digestLength) {
    if (digests.subarray(at, at + digestLength).equals(digest)) return true;
  }
  return false;
}
