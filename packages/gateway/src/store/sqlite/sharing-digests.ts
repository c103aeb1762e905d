import { changeSchema } from "@xinqiao/protocol/sync";
import { createDigestIndex, type DigestIndex, digestSchema } from "@xinqiao/runtime/digests";
import type { Database } from "better-sqlite3";

/** What members have told, digested (PR-SYNC §7). A line that is changed by hand is digested again, too. */
export const sharingDigestSchema = `
  ${digestSchema}
  CREATE TRIGGER IF NOT EXISTS held_added AFTER INSERT ON held BEGIN
    INSERT INTO undigested VALUES (new.source, new.record) ON CONFLICT DO NOTHING;
  END;
  DROP TRIGGER IF EXISTS held_changed;
  -- That a record has ended is not in its line.
  CREATE TRIGGER IF NOT EXISTS held_differs AFTER UPDATE ON held WHEN old.ended_at IS new.ended_at BEGIN
    INSERT INTO undigested VALUES (new.source, new.record) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER IF NOT EXISTS held_dropped AFTER DELETE ON held BEGIN
    INSERT INTO undigested VALUES (old.source, old.record) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER IF NOT EXISTS line_changed AFTER UPDATE OF line ON change WHEN CASE WHEN json_valid(old.line) THEN old.line ->> '$.record.id' END IS NOT NULL BEGIN
    INSERT INTO undigested SELECT source, old.line ->> '$.record.id' FROM page WHERE position = old.position
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER IF NOT EXISTS line_dropped AFTER DELETE ON change WHEN CASE WHEN json_valid(old.line) THEN old.line ->> '$.record.id' END IS NOT NULL BEGIN
    INSERT INTO undigested SELECT source, old.line ->> '$.record.id' FROM page WHERE position = old.position
      ON CONFLICT DO NOTHING;
  END;
`;

export function createHubDigests(database: Database): DigestIndex {
  const line = database
    .prepare<[string, string], string | null>(
      "SELECT line FROM held JOIN change USING (position, seq) WHERE source = ? AND record = ?",
    )
    .pluck();
  const sql = {
    prepare: (text: string) => database.prepare<(string | number | null)[]>(text),
    together: (work: () => number) => database.transaction(work).immediate(),
  };
  return createDigestIndex(sql, (source, record) => {
    const text = line.get(source, record) ?? null;
    return text === null ? undefined : recordOfLine(text);
  });
}

/** Undefined for what is no line any more. */
export function recordOfLine(text: string) {
  try {
    return changeSchema.safeParse(JSON.parse(text)).data?.record;
  } catch {
    return undefined;
  }
}
