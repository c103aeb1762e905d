import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { z } from "zod";
import { sourceNameSchema, tableNameSchema } from "../../source/index.ts";
import { dialects } from "./table.ts";

const common = {
  name: sourceNameSchema,
  /** Of what this member subscribes to. */
  items: z.union([z.literal("all"), z.array(itemCodeSchema).min(1)]).default("all"),
};

const tableSchema = z.strictObject({
  type: z.literal("table"),
  ...common,
  dialect: z.enum(dialects),
  /** `postgres://…`, or a path for SQLite. A URL with a password belongs in the environment: `urlEnv`. */
  url: z.string().min(1).optional(),
  urlEnv: z.string().min(1).optional(),
  table: tableNameSchema.default("xinqiao_copy"),
  /** Whether the agent makes the table where it is missing; `xinqiao delivery table` prints what it would do. */
  create: z.boolean().default(true),
  timeoutMs: z.number().int().positive().default(10_000),
});

/** One entry of `deliveries` in `agent.json`. */
export const deliverySchema = z
  .discriminatedUnion("type", [tableSchema])
  .refine(
    (config) => config.type !== "table" || (config.url === undefined) !== (config.urlEnv === undefined),
    "either url or urlEnv",
  );
export type DeliveryConfig = z.output<typeof deliverySchema>;
