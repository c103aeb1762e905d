import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { z } from "zod";
import { authSchema, sourceNameSchema, tableNameSchema } from "../../source/index.ts";
import { formats } from "./files.ts";
import { dialects, fitsDialect } from "./table.ts";

const common = {
  name: sourceNameSchema,
  /** Of what this member subscribes to. */
  items: z.union([z.literal("all"), z.array(itemCodeSchema).min(1)]).default("all"),
};
const timeoutMs = z.number().int().positive().default(10_000);

/** A secret belongs in the environment: `urlEnv`. */
const address = { url: z.string().min(1).optional(), urlEnv: z.string().min(1).optional() };
const hasOneAddress = ({ url, urlEnv }: { url?: string | undefined; urlEnv?: string | undefined }) =>
  (url === undefined) !== (urlEnv === undefined);
const oneAddress = "either url or urlEnv";

const tableSchema = z.strictObject({
  type: z.literal("table"),
  ...common,
  dialect: z.enum(dialects),
  /** `postgres://…`, or a path for SQLite. */
  ...address,
  table: tableNameSchema.default("xinqiao_copy"),
  /** Whether the agent makes the table where it is missing; `xinqiao delivery table` prints what it would do. */
  create: z.boolean().default(true),
  timeoutMs,
});

const fileSchema = z.strictObject({
  type: z.literal("file"),
  ...common,
  folder: z.string().min(1),
  format: z.enum(formats).default("ndjson"),
});

const webhookSchema = z.strictObject({
  type: z.literal("webhook"),
  ...common,
  /** `https://…`; `http` on this machine alone. */
  ...address,
  auth: authSchema.optional(),
  timeoutMs,
});

/** One entry of `deliveries` in `agent.json`. */
export const deliverySchema = z.discriminatedUnion("type", [
  tableSchema
    .refine(hasOneAddress, oneAddress)
    .refine(
      ({ dialect, table }) => fitsDialect(table, dialect),
      "SQLite has no schemas: a table's name alone",
    ),
  fileSchema,
  webhookSchema.refine(hasOneAddress, oneAddress),
]);
export type DeliveryConfig = z.output<typeof deliverySchema>;

/** What no two deliveries may share. */
export function placeOf(config: DeliveryConfig): string {
  if (config.type === "file") return `file ${config.folder}`;
  const { type, url, urlEnv } = config;
  return [type, url, urlEnv, type === "table" ? config.table : undefined].join(" ");
}
