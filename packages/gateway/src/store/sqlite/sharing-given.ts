import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import type { GivenRecords } from "../../screening/index.ts";

/** What screenings gave whom: by a hash of exchange, source, record and version, and by the day, to be forgotten. */
export const givenSchema = `
  CREATE TABLE IF NOT EXISTS given (
    digest BLOB NOT NULL PRIMARY KEY,
    day    TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS given_by_day ON given (day);
`;

/** Whoever was given a record reports what it did within two years. */
const keptFor = "-2 years";

export function createGiven(database: Database): GivenRecords {
  const add = database.prepare("INSERT INTO given (digest, day) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const forget = database.prepare("DELETE FROM given WHERE day < date(?, ?)");
  const find = database.prepare("SELECT 1 FROM given WHERE digest = ?");
  const give = database.transaction((given: Parameters<GivenRecords["give"]>[0], day: string) => {
    for (const each of given) add.run(digestOf(each), day);
    forget.run(day, keptFor);
  });
  return {
    give: (given, day) => give.immediate(given, day),
    wasGiven: (given) => find.get(digestOf(given)) !== undefined,
  };
}

function digestOf({ exchange, source, record, version }: Parameters<GivenRecords["wasGiven"]>[0]): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([exchange, source, record, version]))
    .digest();
}
