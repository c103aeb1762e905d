import { clockToleranceSeconds } from "@xinqiao/protocol/clock";
import { isValidAt, thumbprint } from "@xinqiao/protocol/keys";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { KeyRing } from "@xinqiao/runtime/keys";
import { single } from "@xinqiao/runtime/single";
import type { GatewayConfig } from "../config/index.ts";
import type { AuditLog, CheckpointKeeper, PublishedLog } from "../log/index.ts";
import { watch } from "../published/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import {
  createConfirmation,
  createConversation,
  createWitnessCollector,
  keepAlarm,
  recordAlarms,
  type WitnessLine,
  type WitnessReport,
} from "../witnesses/index.ts";
import { createCheckpointMaker } from "./maker.ts";

/** The log as it is shown to the world: signed once a second while it grows, and seen by witnesses. */
export interface Publishing {
  report(): WitnessReport;
  /** Signs what is there now. */
  publish(): Promise<void>;
  stop(): void;
}

export interface PublishingDependencies {
  readonly log: AuditLog & CheckpointKeeper;
  readonly published: PublishedLog;
  /** The log's own. */
  readonly keys: KeyRing;
  readonly registry: () => RegistryDocument;
  readonly line: WitnessLine;
  readonly events: Pick<GatewayEvents, "failed" | "keyChanged" | "witnessAlarm">;
  readonly now: () => number;
}

const checkpointEveryMs = 1_000;
/** A key is changed over to when it counts by every clock that is right enough. */
const marginMs = clockToleranceSeconds * 1000;

export function openPublishing(config: GatewayConfig, deps: PublishingDependencies): Publishing {
  const { log, published, keys, registry, line, events, now } = deps;
  const maker = createCheckpointMaker({
    city: config.node,
    log,
    published,
    signer: keys.signer,
    listed: () => registry().log,
    now,
  });
  const conversation = createConversation({
    registry,
    log,
    published,
    line,
    async onAlarm(alarm) {
      // First of all: whatever is added from here on would be a second past.
      log.halt(alarm.finding === "ahead" ? "log.rolled-back" : "log.forked");
      events.witnessAlarm(alarm);
      await keepAlarm(config.alarms, alarm, now());
    },
  });
  const confirmation = createConfirmation({ registry, published, conversation });
  const { quorum, everySeconds } = config.witnesses;
  const collector = createWitnessCollector({ registry, keeper: log, published, conversation, quorum, now });
  const isListed = (keyId: string) =>
    registry().log?.some((key) => thumbprint(key.jwk) === keyId && isValidAt(key, now() - marginMs)) === true;
  let recorded = false;
  // Two at once would both change the key over, and both record the alarms.
  const publish = single(async () => {
    const keyId = await keys.follow(isListed);
    if (keyId !== undefined) events.keyChanged(keyId);
    if (!(await confirmation.confirmed())) return;
    if (!recorded) await recordAlarms(config.alarms, log, now);
    recorded = true;
    await maker.make();
  });
  const stops = [
    watch(publish, checkpointEveryMs, events.failed),
    watch(collector.round, everySeconds * 1000, events.failed),
  ];
  return {
    report: collector.report,
    publish,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
