/** W3C Trace Context (Level 1) §3.2: the one identifier of an exchange across every hop. */
export interface TraceContext {
  /** 32 hex digits, the same on every hop. */
  readonly traceId: string;
  /** 16 hex digits of the hop that sent it. */
  readonly parentId: string;
  readonly sampled: boolean;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Reads `traceparent`; anything malformed counts as absent (§3.2.2.5 restart). */
export function parseTraceparent(field: string | undefined): TraceContext | undefined {
  const match = field === undefined ? null : pattern.exec(field);
  if (match === null) return undefined;
  const [, version, traceId, parentId, flags] = match;
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  if (version === "ff" || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  if (version === "00" && field !== undefined && field.length !== 55) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.parentId}-${trace.sampled ? "01" : "00"}`;
}

/** Joins the caller's trace as a new hop, or starts one. `randomHex(bytes)` comes from the caller. */
export function nextHop(field: string | undefined, randomHex: (bytes: number) => string): TraceContext {
  const caller = parseTraceparent(field);
  return {
    traceId: caller?.traceId ?? randomHex(16),
    parentId: randomHex(8),
    sampled: caller?.sampled ?? true,
  };
}
