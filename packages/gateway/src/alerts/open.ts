import { isRestDay, officialDays, officialDaysSchema } from "@xinqiao/runtime/calendar";
import { readConfig } from "@xinqiao/runtime/config";
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
export async function openUseWatch(
  { alerts: thresholds, officialDays: file }: Pick<GatewayConfig, "alerts" | "officialDays">,
  deps: {
    readonly index: SearchIndex;
    readonly log: AuditLog;
    readonly events: Pick<GatewayEvents, "alerted" | "failed">;
    readonly now: () => number;
  },
): Promise<() => void> {
  const { index, log, events, now } = deps;
  const days = file === undefined ? officialDays() : await readConfig(officialDaysSchema, file);
  const useWatch = createUseWatch({
    ...{ index, log, now, thresholds },
    isRestDay: (day) => isRestDay(day, days),
    onAlert: events.alerted,
  });
  return watch(useWatch.look, thresholds.lookEverySeconds * 1000, events.failed);
}
