import { isRestDay, type OfficialDays } from "@xinqiao/runtime/calendar";
import type { GatewayConfig } from "../config/index.ts";
import type { AuditLog } from "../log/index.ts";
import { watch } from "../published/index.ts";
import type { SearchIndex } from "../search/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { createUseWatch } from "./watch.ts";

/**
 * Looks at every hour of use when it is over.
 * @returns what ends it
 */
export function openUseWatch(
  { alerts: thresholds }: Pick<GatewayConfig, "alerts">,
  deps: {
    readonly days: OfficialDays;
    readonly index: SearchIndex;
    readonly log: AuditLog;
    readonly events: Pick<GatewayEvents, "alerted" | "failed">;
    readonly now: () => number;
  },
): () => void {
  const { index, log, events, now, days } = deps;
  const useWatch = createUseWatch({
    ...{ index, log, now, thresholds },
    isRestDay: (day) => isRestDay(day, days),
    onAlert: events.alerted,
  });
  return watch(useWatch.look, thresholds.lookEverySeconds * 1000, events.failed);
}
