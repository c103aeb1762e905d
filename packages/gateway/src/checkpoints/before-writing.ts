import type { Logger } from "@xinqiao/runtime/logging";
import type { GatewayConfig } from "../config/index.ts";
import type { PublishedLog } from "../log/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import { compareBeforeServing, createConversation, keepAlarm, type WitnessLine } from "../witnesses/index.ts";

export interface BeforeWritingDependencies {
  /** What is there. */
  readonly head: { readonly size: number };
  readonly published: PublishedLog;
  readonly line: WitnessLine;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Nothing is written to a log that a witness knows to have been another. Throws `log.rolled-back` or `log.forked`. */
export async function compareWithWitnesses(
  { registry: folder, alarms }: GatewayConfig,
  { head, published, line, logger, now }: BeforeWritingDependencies,
): Promise<void> {
  const { document } = await openRegistryFolder(folder, now).newest();
  const conversation = createConversation({
    registry: () => document,
    log: { head: () => head },
    published,
    line,
    async onAlarm(alarm) {
      const { witness, finding, heldSize, heldRoot } = alarm;
      logger.error({ event: "witness-alarm", witness, finding, heldSize, heldRoot });
      await keepAlarm(alarms, alarm, now());
    },
  });
  await compareBeforeServing(document, conversation);
}
