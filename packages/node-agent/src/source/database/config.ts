import { z } from "zod";
import { fieldsOf, itemMapping, subjectMapping } from "../mapping.ts";
import { sourceNameSchema } from "../name.ts";

/** Identifiers are the one part of a statement that cannot be bound: letters, digits and underscores only. */
export const identifierSchema = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_]{0,62}$/u, "letters, digits and underscores");
export const tableNameSchema = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_]{0,62}(?:\.[\p{L}_][\p{L}\p{N}_]{0,62})?$/u, "table, or schema.table");

const tableSchema = z.strictObject({
  ...itemMapping,
  /** A table or a view. */
  table: tableNameSchema,
  /** `column` holds the identifier; index it. */
  subject: z.strictObject({ ...subjectMapping, column: identifierSchema }),
  /** Holds the subject's name, where `fields` does not map it. */
  nameColumn: identifierSchema.optional(),
  fields: fieldsOf(identifierSchema),
  stateColumn: identifierSchema.optional(),
});

/** The platform's own tables or views, read only. */
export const databaseSourceSchema = z
  .strictObject({
    type: z.literal("database"),
    name: sourceNameSchema,
    dialect: z.enum(["sqlite", "postgres"]),
    /** `postgres://…`, or a path for SQLite. A URL with a password belongs in the environment: `urlEnv`. */
    url: z.string().min(1).optional(),
    urlEnv: z.string().min(1).optional(),
    statementTimeoutMs: z.number().int().positive().default(2_000),
    poolSize: z.number().int().positive().default(8),
    tables: z.array(tableSchema).min(1),
  })
  .refine(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), "either url or urlEnv");
export type DatabaseSourceConfig = z.output<typeof databaseSourceSchema>;
export type MappedTable = DatabaseSourceConfig["tables"][number];
