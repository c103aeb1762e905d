import type { AuditLog } from "../log/index.ts";

const dayMs = 86_400_000;

/** Deletes what is past its time, a little in each write: exchanges go in between. */
export async function expire(log: Pick<AuditLog, "expire">): Promise<void> {
  for (;;) {
    const expired = await log.expire();
    // A log that takes nothing now is seen elsewhere; what is left is for the next day.
    if (!expired.ok || expired.value === 0) return;
  }
}

/** Now and once a day (Personal Information Protection Law art. 19: no longer than needed); returns what ends it. */
export function expireDaily(
  log: Pick<AuditLog, "expire">,
  onError: (error: unknown) => void,
  everyMs = dayMs,
): () => void {
  const begin = () => void expire(log).catch(onError);
  begin();
  const timer = setInterval(begin, everyMs).unref();
  return () => clearInterval(timer);
}
