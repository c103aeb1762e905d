import type { NodeId } from "@xinqiao/protocol/identity";
import { type Code, fault } from "@xinqiao/protocol/problem";
import { type HttpEnv, type InFlight, problemReply } from "@xinqiao/runtime/http";
import { Hono } from "hono";
import type { Growth } from "../growth/index.ts";
import type { AuditLog } from "../log/index.ts";
import type { SearchIndex } from "../search/index.ts";
import type { Hub } from "../sharing/index.ts";
import { type BreakerState, type Metrics, noteSharing } from "../telemetry/index.ts";
import type { WitnessReport } from "../witnesses/index.ts";

export interface AdminDependencies {
  readonly node: NodeId;
  readonly log: AuditLog;
  /** How long the disk lasts. */
  readonly growth: () => Promise<Growth>;
  readonly index: Pick<SearchIndex, "size">;
  readonly hub: Pick<Hub, "standing" | "letterCounts">;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly inFlight: InFlight;
  /** Whether the public door is open: monitoring may look in before that. */
  readonly open: () => boolean;
  /** Nothing before witnesses are asked. */
  readonly witnesses: () => WitnessReport | undefined;
  readonly targets: () => readonly { readonly node: NodeId; readonly state: BreakerState }[];
}

/** What operators and their monitoring reach, on a port of its own. */
export function adminApp(deps: AdminDependencies): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.get("/healthz", (context) => context.json({ status: "ok", node: deps.node }));
  app.get("/readyz", (context) => {
    const code = notReady(deps);
    return context.json(code ? { status: "not ready", code } : { status: "ready" }, code ? 503 : 200);
  });
  app.get("/metrics", async (context) => {
    deps.metrics.inFlight.set(deps.inFlight.count);
    deps.metrics.logSize.set(deps.log.head().size);
    deps.metrics.searchSize.set(deps.index.size());
    deps.metrics.logDaysLeft.set((await deps.growth()).daysLeft ?? -1);
    deps.metrics.logHealthy.set(deps.log.health().ok ? 1 : 0);
    noteWitnesses(deps);
    noteSharing(deps.metrics.sharing, deps.hub.standing(), deps.hub.letterCounts(), deps.now());
    const text = await deps.metrics.registry.metrics();
    return context.body(text, 200, { "content-type": deps.metrics.registry.contentType });
  });
  app.get("/witnesses", (context) => context.json(deps.witnesses() ?? {}));
  app.get("/targets", (context) => context.json(deps.targets()));
  app.notFound(() => problemReply(fault("request.not-found"), { hop: deps.node }));
  return app;
}

function noteWitnesses({ metrics, witnesses: report }: AdminDependencies): void {
  const { witnesses = [], newest, signed = 0 } = report() ?? {};
  metrics.checkpointSize.set(signed);
  if (newest) metrics.quorumTime.set(newest.time);
  for (const { node, cosigned } of witnesses) if (cosigned) metrics.witnessTime.set({ node }, cosigned.time);
}

function notReady({ log, inFlight, open }: AdminDependencies): Code | undefined {
  if (!open()) return "server.starting";
  if (inFlight.draining) return "server.draining";
  const health = log.health();
  return health.ok ? undefined : health.code;
}
