import {
  type Fault,
  FaultError,
  fault,
  problemMediaType,
  statusOf,
  toProblem,
} from "@xinqiao/protocol/problem";

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

/** What nobody caught: the fault it carries, a key that is away for one, or a bug. Tell of it before. */
export function thrownReply(error: unknown, where: Where): Response {
  return problemReply(error instanceof FaultError ? error.fault : fault("server.internal"), where);
}
