import { logOrigin } from "@xinqiao/protocol/checkpoint";
import { FaultError } from "@xinqiao/protocol/problem";
import { ConfigError } from "@xinqiao/runtime/config";
import { openKeyRing } from "@xinqiao/runtime/keys";
import { compareWithWitnesses } from "../checkpoints/index.ts";
import { type GatewayConfig, readTagKey } from "../config/index.ts";
import {
  openAuditLog,
  openHashIndex,
  openHub,
  openLoggedEntries,
  openProofSource,
  openPublishedLog,
  openReconciliations,
  openSearchIndex,
  openWithdrawals,
} from "../store/sqlite/index.ts";
import type { WitnessLine } from "../witnesses/index.ts";
import type { GatewayDependencies } from "./gateway.ts";

export type Stores = Awaited<ReturnType<typeof openStores>>;

/** The log, and what reads it beside its writer. */
export async function openStores(
  config: GatewayConfig,
  deps: GatewayDependencies,
  line: WitnessLine,
  starting: AsyncDisposableStack,
) {
  const tagKey = await readTagKey(config.logTagKey);
  return {
    keys: await openKeyRing(config.logKey),
    log: starting.adopt(await openLog(config, deps, line, tagKey), (opened) => opened.close()),
    withdrawals: starting.adopt(openWithdrawals(config.log), (opened) => opened.close()),
    published: starting.adopt(openPublishedLog(config.log), (opened) => opened.close()),
    entries: starting.adopt(openLoggedEntries(config.log), (opened) => opened.close()),
    kept: starting.adopt(openReconciliations(config.reconciliations), (opened) => opened.close()),
    hub: starting.adopt(
      openHub(config.sharing, () => Buffer.from(deps.entropy.bytes(4)).readUInt32BE()),
      (opened) => opened.close(),
    ),
    index: starting.adopt(await openIndex(config, deps, tagKey), (opened) => opened.close()),
    hashes: starting.adopt(openHashIndex(config), (opened) => opened.close()),
    proofs: starting.adopt(openProofSource(config.log), (opened) => opened.close()),
    tagKey,
  };
}

async function openLog(
  config: GatewayConfig,
  { logger, now }: GatewayDependencies,
  line: WitnessLine,
  tagKey: Uint8Array,
) {
  return openAuditLog({
    async beforeWriting(head) {
      const published = openPublishedLog(config.log);
      await compareWithWitnesses(config, { head, published, line, logger, now }).finally(published.close);
    },
    path: config.log,
    origin: logOrigin(config.node),
    tagKey,
    now,
    minFreeBytes: config.logReserveBytes,
    onFailure: ({ code, reason }) => logger.error({ event: "log-failed", code, reason }),
  }).catch((error: unknown) => {
    if (error instanceof FaultError) throw error;
    // In use, damaged or unreadable: the operator's to mend, and no bug.
    throw new ConfigError(config.log, [error instanceof Error ? error.message : String(error)]);
  });
}

function openIndex({ log, search }: GatewayConfig, { logger }: GatewayDependencies, tagKey: Uint8Array) {
  const onFailure = (reason: string) => logger.error({ event: "search-failed", reason });
  return openSearchIndex({ log, search, tagKey, onFailure });
}
