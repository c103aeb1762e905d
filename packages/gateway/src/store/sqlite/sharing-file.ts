import { closeSync, existsSync, openSync } from "node:fs";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import Database from "better-sqlite3";
import { z } from "zod";
import { caseSchema } from "./sharing-cases.ts";
import { sharingDigestSchema } from "./sharing-digests.ts";
import { givenSchema } from "./sharing-given.ts";
import { letterSchema } from "./sharing-letters.ts";
import { measureSchema } from "./sharing-measures.ts";
import { readersSchema } from "./sharing-readers.ts";
import { createOvertaking, revocationSchema } from "./sharing-revocations.ts";
import {
  addedColumns,
  dropSuperseded,
  noteGiven,
  noteReaders,
  sharingSchema,
  sharingVersion,
} from "./sharing-schema.ts";
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
  database.transaction(() => bringUp(database, path)).immediate();
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

function bringUp(database: Database.Database, path: string): void {
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
  if (!lacks(database, "held", "first")) noteGivenBefore(database);
  database.pragma(`user_version = ${sharingVersion}`);
}

const positionSchema = z.object({ number: z.number(), position: z.number() });

function noteGivenBefore(database: Database.Database): void {
  database.exec(noteReaders);
  const rows = database
    .prepare("SELECT number, position FROM subscriber JOIN member_number USING (node)")
    .all();
  const readers = rows.map((row) => positionSchema.parse(row));
  database.function("readers_past", { deterministic: true }, (first) => {
    const bits = readers
      .filter(({ position }) => position >= Number(first))
      .reduce((sum, { number }) => sum | (1n << BigInt(number)), 0n);
    return bits === 0n ? null : bits.toString(16);
  });
  database.exec(noteGiven);
}

/** The version does not tell: deadlines came without one of their own. A file that is new lacks nothing. */
function lacks(database: Database.Database, table: string, column: string): boolean {
  const columns = z.array(z.object({ name: z.string() })).parse(database.pragma(`table_info(${table})`));
  return columns.length > 0 && !columns.some(({ name }) => name === column);
}
