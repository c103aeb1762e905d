import { randomBytes } from "node:crypto";
import { err, ok } from "@xinqiao/protocol/result";
import { describe, expect, it, vi } from "vitest";
import { intentDraft } from "../log/audit-log.contract.ts";
import { type AuditLog, createMemoryAuditLog } from "../log/index.ts";
import { expire, retain } from "./index.ts";

describe("the daily end of what is kept", () => {
  it("deletes slice after slice until nothing is past its time", async () => {
    const slices = vi.fn<AuditLog["expire"]>();
    slices.mockResolvedValueOnce(ok(512)).mockResolvedValueOnce(ok(3)).mockResolvedValueOnce(ok(0));
    await expire({ expire: slices });
    expect(slices).toHaveBeenCalledTimes(3);
  });

  it("leaves a log alone that takes nothing", async () => {
    const slices = vi.fn<AuditLog["expire"]>().mockResolvedValue(err({ code: "log.full" }));
    await expire({ expire: slices });
    expect(slices).toHaveBeenCalledTimes(1);
  });

  it("comes at the start and every day, by the log's clock, and reports what nobody expected", async () => {
    vi.useFakeTimers();
    try {
      let now = Date.parse("2026-03-01T00:00:00Z");
      const log = createMemoryAuditLog({ origin: "sz", now: () => now, randomBytes });
      await log.append(intentDraft());
      const onError = vi.fn();
      const stop = retain(
        {
          log,
          kept: { forget: () => 0 },
          hub: {
            dropReplaced: () => 0,
            forgetCorrections: () => 0,
            forgetGiven: () => 0,
            blankEnded: () => undefined,
          },
        },
        { correctionDays: 1, subscriberDays: 1, now: () => now, onError },
      );
      await vi.advanceTimersByTimeAsync(0);
      expect(log.evidence(0)).toBeDefined();
      now = Date.parse("2031-03-01T00:00:01Z");
      await vi.advanceTimersByTimeAsync(86_400_000);
      expect(log.evidence(0)).toBeUndefined();
      expect(log.entries().at(-1)).toMatchObject({ kind: "evidence.expired", entries: 1 });
      vi.spyOn(log, "expire").mockRejectedValue(new Error("bug"));
      await vi.advanceTimersByTimeAsync(86_400_000);
      expect(onError).toHaveBeenCalledExactlyOnceWith(new Error("bug"));
      stop();
    } finally {
      vi.useRealTimers();
    }
  });
});
