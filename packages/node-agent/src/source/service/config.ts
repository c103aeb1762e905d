import { z } from "zod";
import { fieldsOf, itemMapping, subjectMapping } from "../mapping.ts";
import { sourceNameSchema } from "../name.ts";

export const placeholder = "{id}";

const jsonSchema = z.json();
const key = z.string().min(1);

const itemSchema = z
  .strictObject({
    ...itemMapping,
    method: z.enum(["POST", "GET"]).default("POST"),
    /** Behind `baseUrl`. Logs and proxies keep URLs: an identifier never stands in one. */
    path: z.string().regex(/^\/[^\s#]*$/, "a path that starts with /"),
    /** JSON to post; `{id}` inside a text becomes the identifier. */
    body: jsonSchema.optional(),
    /** Where the rows are in the reply, `data.list`; absent: the reply is the list. */
    rows: z
      .string()
      .regex(/^[^.\s]+(?:\.[^.\s]+)*$/, "names joined by dots")
      .optional(),
    /** `key`: where a row says whom it is about; rows about others are refused. */
    subject: z.strictObject({ ...subjectMapping, key: key.optional() }),
    fields: fieldsOf(key),
    stateKey: key.optional(),
  })
  .superRefine(({ method, path, body, subject }, context) => {
    const fault = (message: string) => context.addIssue({ code: "custom", message });
    if (path.includes(placeholder)) fault("an identifier never goes into a URL: POST it in the body");
    if (method === "POST" && !JSON.stringify(body ?? null).includes(placeholder)) {
      fault(`the body must hold ${placeholder}`);
    }
    if (method === "GET" && body !== undefined) fault("GET has no body");
    if (method === "GET" && subject.key === undefined) {
      fault("GET lists every subject: name the row's identifier in subject.key");
    }
  });

export const authSchema = z
  .strictObject({
    header: z.string().regex(/^[A-Za-z0-9-]+$/, "a header name"),
    valueEnv: z.string().min(1).optional(),
    value: z.string().min(1).optional(),
    valueFile: z.string().min(1).optional(),
  })
  .refine(
    ({ value, valueEnv, valueFile }) =>
      [value, valueEnv, valueFile].filter((given) => given !== undefined).length === 1,
    "one of value, valueEnv and valueFile",
  );

export const baseUrlSchema = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/[?#]/.test(text) && new URL(text).username === "", "no query, fragment or user")
  .transform((text) => text.replace(/\/$/, ""));

/** The platform's own HTTP API. */
export const serviceSourceSchema = z.strictObject({
  type: z.literal("service"),
  name: sourceNameSchema,
  /** Scheme, host and, when the API has one, a path in front of every item's. */
  baseUrl: baseUrlSchema,
  auth: authSchema.optional(),
  timeoutMs: z.number().int().positive().default(2_000),
  maxReplyBytes: z
    .number()
    .int()
    .positive()
    .default(4 * 1024 * 1024),
  connections: z.number().int().positive().default(16),
  items: z.array(itemSchema).min(1),
});
export type ServiceSourceConfig = z.output<typeof serviceSourceSchema>;
export type ServiceItem = ServiceSourceConfig["items"][number];
