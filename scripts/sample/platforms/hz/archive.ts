import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { recordsOf, type SampleItem, type SampleRecord, sampleItems, sampleNode } from "../../data/index.ts";
import type { Build } from "../part.ts";
import type { PlatformTable } from "../table.ts";
import { createKey } from "./key.ts";
import { hzList, stateKey, stateValues } from "./lists.ts";

const archiveFile = "archive.db";

/** Huizhou's platform keeps one archive of documents and shows it through an HTTP interface only. */
export async function fillArchive({ folder, subjects, onRecord }: Build): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await createKey(folder);
  const database = new Database(join(folder, archiveFile));
  try {
    database.pragma("journal_mode = WAL");
    // A crash while it is being filled makes it anew: nothing here has to survive one yet.
    database.pragma("synchronous = OFF");
    database.exec(`
      CREATE TABLE archive (
        id INTEGER PRIMARY KEY,
        data_type TEXT NOT NULL,
        subject_code TEXT NOT NULL,
        document TEXT NOT NULL
      ) STRICT`);
    insertAll(database, recordsOf(sampleNode("hz"), subjects), onRecord);
    database.exec("CREATE INDEX archive_by_subject ON archive (subject_code, data_type)");
    database.pragma("synchronous = FULL");
    database.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

function insertAll(database: Database.Database, records: Iterable<SampleRecord>, onRecord: () => void): void {
  const lists = new Map<SampleItem, PlatformTable>(sampleItems.map((item) => [item, hzList(item)]));
  const insert = database.prepare("INSERT INTO archive (data_type, subject_code, document) VALUES (?, ?, ?)");
  database.transaction(() => {
    for (const record of records) {
      const list = lists.get(record.item);
      if (list !== undefined) {
        const document = documentOf(record, list);
        insert.run(list.name, subjectCode(document), JSON.stringify(document));
      }
      onRecord();
    }
  })();
}

type Document = Readonly<Record<string, string>>;

/** Days are `2024/01/02` here, and what is empty is left out. */
function documentOf({ row, state }: SampleRecord, { columns }: PlatformTable): Document {
  const document: Record<string, string> = { [stateKey]: stateValues[state] };
  for (const { name, national, type } of columns) {
    const value = row[national];
    if (value !== undefined) document[name] = type === "date" ? value.replaceAll("-", "/") : value;
  }
  return document;
}

function subjectCode(document: Document): string {
  return document.creditCode ?? document.idNumber ?? "";
}

export interface Archive {
  of(dataType: string, subjectCode: string): readonly unknown[];
  close(): void;
}

export function openArchive(folder: string): Archive {
  const database = new Database(join(folder, archiveFile), { readonly: true, fileMustExist: true });
  const find = database
    .prepare<[string, string], string>(
      "SELECT document FROM archive WHERE subject_code = ? AND data_type = ?",
    )
    .pluck();
  return {
    of: (dataType, code) => find.all(code, dataType).map((document): unknown => JSON.parse(document)),
    close: () => database.close(),
  };
}
