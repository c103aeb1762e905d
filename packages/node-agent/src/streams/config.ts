import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { z } from "zod";
import {
  authSchema,
  baseUrlSchema,
  fieldsOf,
  identifierSchema,
  sourceNameSchema,
  tableNameSchema,
} from "../source/index.ts";
import { rowStates } from "../store/index.ts";

const positive = z.number().int().positive();

const mapping = {
  item: itemCodeSchema,
  /** Platform value → state. A row of a value that is not listed is kept back. */
  stateValues: z.record(z.string(), z.enum(rowStates)).default({}),
} as const;

/** How it is known which rows have changed. */
const changesSchema = z.discriminatedUnion("by", [
  /** By a column that grows with each change. Rows that are gone are not seen. */
  z.strictObject({
    by: z.literal("column"),
    column: identifierSchema,
    /** Longer than any transaction of the platform, and than the column's grain. */
    overlapSeconds: positive.default(60),
  }),
  /** By triggers of `xinqiao intake triggers`, which write down which rows have changed. */
  z.strictObject({ by: z.literal("triggers"), table: tableNameSchema.optional() }),
  /** By reading all of them. */
  z.strictObject({ by: z.literal("compare") }),
]);

const tableSchema = z.strictObject({
  ...mapping,
  /** A table or a view. */
  table: tableNameSchema,
  /** Names a row for good: one column, unique, never empty. Index it. */
  key: identifierSchema,
  fields: fieldsOf(identifierSchema),
  stateColumn: identifierSchema.optional(),
  changes: changesSchema,
  /** How often all rows are compared; absent: hourly for `compare`, daily for `triggers`, never for `column`. */
  compareEveryMinutes: positive.optional(),
});

/** A database of the platform's whose rows are taken as they change, read only. */
export const followedDatabaseSchema = z
  .strictObject({
    name: sourceNameSchema,
    dialect: z.enum(["sqlite", "postgres"]),
    url: z.string().min(1).optional(),
    urlEnv: z.string().min(1).optional(),
    statementTimeoutMs: positive.default(10_000),
    poolSize: positive.default(2),
    everySeconds: positive.default(5),
    tables: z.array(tableSchema).min(1),
  })
  .refine(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), "either url or urlEnv");

const key = z.string().min(1);
const place = z.string().regex(/^[^.\s]+(?:\.[^.\s]+)*$/, "names joined by dots");

const listSchema = z.strictObject({
  ...mapping,
  path: z.string().regex(/^\/[^\s#]*$/, "a path that starts with /"),
  /** What the service is given back its cursor as. */
  cursorParameter: key.default("cursor"),
  /** Where the rows are in the reply; absent: the reply is the list. */
  rows: place.optional(),
  /** Where the cursor is that the next question gives back. */
  cursor: place,
  key,
  fields: fieldsOf(key),
  stateKey: key.optional(),
  /** True in a row that only says that it is gone. */
  deletedKey: key.optional(),
});

/** A service of the platform's that gives changed rows page by page, and a cursor to go on from. */
export const polledServiceSchema = z.strictObject({
  name: sourceNameSchema,
  baseUrl: baseUrlSchema,
  auth: authSchema.optional(),
  timeoutMs: positive.default(10_000),
  maxReplyBytes: positive.default(16 * 1024 * 1024),
  everySeconds: positive.default(10),
  items: z.array(listSchema).min(1),
});

export type FollowedDatabase = z.output<typeof followedDatabaseSchema>;
export type TableConfig = FollowedDatabase["tables"][number];
export type PolledService = z.output<typeof polledServiceSchema>;
export type ListConfig = PolledService["items"][number];

export interface StreamsConfig {
  readonly databases: readonly FollowedDatabase[];
  readonly services: readonly PolledService[];
}

/** By which a stream is known, in logs and to commands. */
export const streamName = (of: { readonly name: string }, { item }: Pick<TableConfig, "item">): string =>
  `${of.name}.${item}`;

export function streamNames({ databases, services }: StreamsConfig): readonly string[] {
  return [
    ...databases.flatMap((each) => each.tables.map((table) => streamName(each, table))),
    ...services.flatMap((each) => each.items.map((list) => streamName(each, list))),
  ];
}

/** Where the triggers of a table write. */
export const changeTableOf = ({ table, changes }: Pick<TableConfig, "table" | "changes">): string =>
  (changes.by === "triggers" ? changes.table : undefined) ?? `${table}_xinqiao`;
