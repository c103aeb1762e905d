import { z } from "zod";
import { codes, isCode } from "./codes.ts";
import type { Fault } from "./fault.ts";

/** RFC 9457 problem details with a stable `code`, the hop that failed and its trace id. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  titleZh: z.string(),
  status: z.number().int().min(400).max(599),
  code: z.string().refine(isCode),
  detail: z.string().optional(),
  /** Node id of the hop that failed. */
  hop: z.string(),
  traceId: z.string().optional(),
  requestId: z.string().optional(),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]))
    .optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const problemMediaType = "application/problem+json";

/** RFC 9457 §3: the document for a fault, as seen by the hop that reports it. */
export function toProblem(
  error: Fault,
  where: { hop: string; traceId?: string | undefined; requestId?: string | undefined },
): Problem {
  const entry = codes[error.code];
  return {
    type: `urn:xinqiao:problem:${error.code}`,
    title: entry.en,
    titleZh: entry.zh,
    status: entry.status,
    code: error.code,
    ...(error.detail !== undefined && { detail: error.detail }),
    hop: where.hop,
    ...(where.traceId !== undefined && { traceId: where.traceId }),
    ...(where.requestId !== undefined && { requestId: where.requestId }),
    ...(error.facts && { facts: { ...error.facts } }),
  };
}

export function statusOf(error: Fault): number {
  return codes[error.code].status;
}

/** Reads a problem document that came from another hop; `undefined` when it is not one. */
export function parseProblem(text: string): Problem | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
