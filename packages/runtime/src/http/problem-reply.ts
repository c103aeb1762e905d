import { type Fault, problemMediaType, statusOf, toProblem } from "@xinqiao/protocol/problem";

export interface Where {
  /** Node id of the hop that reports. */
  readonly hop: string;
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
}

export function problemText(reason: Fault, where: Where): string {
  return JSON.stringify(toProblem(reason, where));
}

/** An unsigned problem document. What a verified request gets is signed by its route instead. */
export function problemReply(reason: Fault, where: Where): Response {
  const retryable = reason.code === "limit.rate" || reason.code === "limit.concurrency";
  return new Response(problemText(reason, where), {
    status: statusOf(reason),
    headers: { "content-type": problemMediaType, ...(retryable && { "retry-after": "1" }) },
  });
}
