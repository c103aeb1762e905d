import type { AuditLog } from "../log/index.ts";

/** Deletes what is past its time, a little in each write: exchanges go in between. */
export async function expire(log: Pick<AuditLog, "expire">): Promise<void> {
  for (;;) {
    const expired = await log.expire();
    // A log that takes nothing now is seen elsewhere; what is left is for the next day.
    if (!expired.ok || expired.value === 0) return;
  }
}
