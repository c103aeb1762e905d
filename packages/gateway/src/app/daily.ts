import { archiveDaily, archiveOf } from "../archive/index.ts";
import type { Reconciliations } from "../books/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { AgingLog, AuditLog, LogArchiving } from "../log/index.ts";
import { retain } from "../retention/index.ts";
import type { Compaction } from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { GatewayDependencies } from "./gateway.ts";

/** What is done once a day: what is past its time is deleted, and old entries go to files where the city wants that. */
export function startDaily(
  { log: path, archiveAfterDays: afterDays, sharingTerms }: GatewayConfig,
  { logger, now }: GatewayDependencies,
  {
    log,
    published,
    kept,
    hub,
  }: {
    readonly log: AuditLog & LogArchiving;
    readonly published: AgingLog;
    readonly kept: Pick<Reconciliations, "forget">;
    readonly hub: Compaction;
  },
  { failed }: Pick<GatewayEvents, "failed">,
): () => void {
  const stopRetaining = retain({ log, kept, hub }, { ...sharingTerms, now, onError: failed });
  if (afterDays === undefined) return stopRetaining;
  const stopArchiving = archiveDaily({
    folder: archiveOf(path),
    afterDays,
    published,
    log,
    now,
    onArchived: ({ size, moved }) => logger.info({ event: "log-archived", size, moved }),
    onError: (error) => logger.error({ event: "log-archive-failed", reason: String(error) }),
  });
  return () => {
    stopRetaining();
    stopArchiving();
  };
}
