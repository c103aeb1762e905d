import { closeSync, existsSync, openSync } from "node:fs";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import Database from "better-sqlite3";
import { z } from "zod";
import { caseSchema } from "./sharing-cases.ts";
import { sharingDigestSchema } from "./sharing-digests.ts";
import { givenSchema } from "./sharing-given.ts";
import { noteGivenBefore } from "./sharing-given-before.ts";
import { letterSchema } from "./sharing-letters.ts";
import { measureSchema } from "./sharing-measures.ts";
import { readersSchema } from "./sharing-readers.ts";
import { createOvertaking, revocationSchema } from "./sharing-revocations.ts";
import { addedColumns, dropSuperseded, sharingSchema, sharingVersion } from "./sharing-schema.ts";
import { scoreSchema } from "./sharing-scores.ts";

const schemas = [
  sharingSchema,
  sharingDigestSchema,
  scoreSchema,
  measureSchema,
  caseSchema,
  revocationSchema,
  givenSchema,
  letterSchema,
  readersSchema,
];

/** A file of its own beside the log, readable by its owner alone, brought up to this version's schema. */
export function openSharingFile(path: string): Database.Database {
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  // A page of five hundred records touches as many places of every index: most of them are to be in memory, and to be
  // written back to the file once for many pages of records.
  database.pragma("cache_size = -32768");
  database.pragma("wal_autocheckpoint = 4096");
  // What was corrected is in no free page.
  database.pragma("secure_delete = ON");
  bringUp(database, path);
  return database;
}

/** Why it cannot be read as it is: there is none, or its schema is of an older or a newer version than this program's. */
export type UnreadableSharing = "absent" | "older" | "newer";

/** As it is, beside whoever writes it: nothing is made of it, nor brought up. */
export function openSharingToRead(path: string): Result<Database.Database, UnreadableSharing> {
  if (!existsSync(path)) return err("absent");
  const database = new Database(path, { readonly: true, fileMustExist: true });
  database.pragma("busy_timeout = 5000");
  const version = versionOf(database);
  if (version === sharingVersion) return ok(database);
  database.close();
  return err(version < sharingVersion ? "older" : "newer");
}

const versionOf = (database: Database.Database) => Number(database.pragma("user_version", { simple: true }));

/** Where it is cut off it begins again: each step may be taken twice. */
function bringUp(database: Database.Database, path: string): void {
  database.transaction(() => bringSchemaUp(database, path)).immediate();
  const isUp = () => versionOf(database) === sharingVersion;
  if (isUp()) return;
  // In files from before it was noted who was given what: all that there is, too much for one transaction. Once: what is taken
  // after that says it itself.
  const isToNote = columnsOf(database, "held").some(({ name, notnull }) => name === "first" && notnull === 1);
  if (isToNote) noteGivenBefore(database, isUp);
  const finish = database.transaction(() => {
    if (isUp()) return;
    // It stays, and nobody reads it: to take it out would be to write the whole table once more.
    if (isToNote) database.exec("ALTER TABLE held ALTER COLUMN first DROP NOT NULL");
    database.pragma(`user_version = ${sharingVersion}`);
  });
  finish.immediate();
}

function bringSchemaUp(database: Database.Database, path: string): void {
  const done = versionOf(database);
  if (done > sharingVersion) throw new Error(`${path} is of a newer version (${done}) than this program`);
  for (const { table, column, sql } of addedColumns) {
    if (lacks(database, table, column)) database.exec(sql);
  }
  for (const schema of schemas) database.exec(schema);
  if (done < 2) {
    database.exec("INSERT INTO undigested SELECT source, record FROM held WHERE true ON CONFLICT DO NOTHING");
  }
  if (done < 4) {
    database.exec(dropSuperseded);
    createOvertaking(database).askAll();
  }
}

const columnsSchema = z.array(z.object({ name: z.string(), notnull: z.number() }));

const columnsOf = (database: Database.Database, table: string) =>
  columnsSchema.parse(database.pragma(`table_info(${table})`));

/** The version does not tell: deadlines came without one of their own. A file that is new lacks nothing. */
function lacks(database: Database.Database, table: string, column: string): boolean {
  const columns = columnsOf(database, table);
  return columns.length > 0 && !columns.some(({ name }) => name === column);
}
