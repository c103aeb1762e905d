import { type Serving, serve } from "@xinqiao/runtime/http";
import { createWithdrawalPages } from "../authorisation/index.ts";
import type { Growth } from "../growth/index.ts";
import { adminApp, publicApp } from "../http/index.ts";
import { addressKey } from "../limit/index.ts";
import type { Metrics } from "../telemetry/index.ts";
import type { WitnessReport } from "../witnesses/index.ts";
import type { Shared } from "./shared.ts";
import {
  auditDependencies,
  enrolmentsDependencies,
  feedbackDependencies,
  lookUpDependencies,
  memberDependencies,
  proveDependencies,
  reconcileDependencies,
  screenDependencies,
} from "./use-cases.ts";

export function serveAdmin({
  config,
  hub,
  log,
  index,
  growth,
  now,
  inFlight,
  targets,
  metrics,
  open,
  witnesses,
}: Pick<Shared, "config" | "hub" | "log" | "index" | "inFlight" | "targets"> & {
  now: () => number;
  metrics: Metrics;
  growth: () => Promise<Growth>;
  open: () => boolean;
  witnesses: () => WitnessReport | undefined;
}): Promise<Serving> {
  const app = adminApp({
    node: config.node,
    hub,
    log,
    index,
    growth,
    now,
    metrics,
    inFlight,
    open,
    witnesses,
    targets: () => targets.snapshot(),
  });
  return serve(app, {
    address: config.admin,
    hop: config.node,
    maxHeaderBytes: 16_384,
    requestTimeoutMs: 10_000,
  });
}

export function servePublic(shared: Shared): Promise<Serving> {
  const { config, refusalRate, events } = shared;
  const { deps, city, log, signer, withdrawals: list } = shared;
  const { members: directory, registry, catalogue, peers } = city;
  const app = publicApp({
    member: memberDependencies(shared),
    lookUp: lookUpDependencies(shared),
    withdraw: { directory, log, now: deps.now },
    reconcile: reconcileDependencies(shared),
    pages: createWithdrawalPages({ self: config.node, signer, list, now: deps.now }),
    audit: auditDependencies(shared),
    prove: proveDependencies(shared),
    enrolments: enrolmentsDependencies(shared),
    sharing: {
      ...shared.sharing,
      screen: screenDependencies(shared),
      feedback: feedbackDependencies(shared),
    },
    published: { registry, catalogue },
    peers,
    log: { published: shared.published, quorum: config.witnesses.quorum, indexOf: shared.hashes.indexOfHash },
    own: () => registry.current().directory,
  });
  return serve(app, {
    address: config.listen,
    hop: config.node,
    maxHeaderBytes: config.limits.maxHeaderBytes,
    requestTimeoutMs: config.limits.bodyTimeoutMs * 2,
    onBrokenRequest(reason, traceId, address) {
      const ids = { requestId: null, traceId, actor: null };
      const note = async () => {
        const overRate = await refusalRate.take(addressKey(address));
        if (overRate) events.turnedAway(overRate, ids);
        else await events.unreadable(reason, ids, null);
      };
      note().catch((error: unknown) => events.failed(error, ids));
    },
  });
}
