import { z } from "zod";

/** A member's name in the federation: `sz`, `sz-baoan`, `dg`. Lower case, 2 to 32 characters. */
export const nodeIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, "lower-case words joined by hyphens")
  .min(2)
  .max(32)
  .brand<"NodeId">();
export type NodeId = z.infer<typeof nodeIdSchema>;

/**
 * What a member answers for: a GB/T 2260 division code (`440306`) or, for an area that has no code of
 * its own (前海, 大鹏, 深汕), its node id. Never an invented six-digit code.
 */
export const jurisdictionSchema = z
  .string()
  .regex(/^(?:\d{6}|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/, "a division code or a node id")
  .max(32)
  .brand<"Jurisdiction">();
export type Jurisdiction = z.infer<typeof jurisdictionSchema>;
