import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { createInFlight, type InFlight } from "@xinqiao/runtime/http";
import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryAuditLog, type MemoryAuditLog } from "../log/memory-audit-log.ts";
import { createMetrics } from "../telemetry/index.ts";
import { adminApp } from "./admin-app.ts";

describe("GET /readyz", () => {
  let log: MemoryAuditLog;
  let open: boolean;
  let inFlight: InFlight;
  const ready = async () => {
    const app = adminApp({
      node: nodeIdSchema.parse("sz"),
      log,
      growth: async () => ({ bytesPerDay: 0 }),
      index: { size: () => 0 },
      hub: { standing: () => ({ newest: 0, sources: [], subscribers: [] }), letterCounts: () => [] },
      metrics: createMetrics(),
      now: () => 0,
      inFlight,
      open: () => open,
      targets: () => [],
      witnesses: () => undefined,
    });
    const reply = await app.request("/readyz");
    return { status: reply.status, body: await reply.json() };
  };

  beforeEach(() => {
    log = createMemoryAuditLog({
      origin: "sz",
      now: () => 0,
      randomBytes: (length) => new Uint8Array(length),
    });
    open = true;
    inFlight = createInFlight(1);
  });

  it("says so once the public door is open, not before", async () => {
    open = false;
    expect(await ready()).toEqual({ status: 503, body: { status: "not ready", code: "server.starting" } });
    open = true;
    expect(await ready()).toEqual({ status: 200, body: { status: "ready" } });
  });

  it("names why entries cannot be written", async () => {
    log.fail("log.full");
    expect(await ready()).toEqual({ status: 503, body: { status: "not ready", code: "log.full" } });
  });

  it("says no from the moment it shuts down", async () => {
    inFlight.drain();
    expect(await ready()).toEqual({ status: 503, body: { status: "not ready", code: "server.draining" } });
  });
});
