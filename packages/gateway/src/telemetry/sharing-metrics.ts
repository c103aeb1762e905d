import { Gauge, type Registry } from "prom-client";
import type { DeadLetters, SharingStanding } from "../sharing/index.ts";

/** How far readers are behind, and what was refused. */
export function createSharingMetrics(registers: Registry[]) {
  return {
    readerPages: new Gauge({
      name: "xinqiao_sharing_reader_pages_behind",
      help: "Pages that a reader has not applied, or has given no receipt for",
      labelNames: ["member"],
      registers,
    }),
    readerSeconds: new Gauge({
      name: "xinqiao_sharing_reader_seconds_behind",
      help: "How long the oldest page that a reader has not applied has been there",
      labelNames: ["member"],
      registers,
    }),
    readerSeen: new Gauge({
      name: "xinqiao_sharing_reader_seen_seconds",
      help: "When a reader asked last, seconds since 1970",
      labelNames: ["member"],
      registers,
    }),
    sourceTold: new Gauge({
      name: "xinqiao_sharing_source_told_seconds",
      help: "When a source's newest page came, seconds since 1970",
      labelNames: ["member"],
      registers,
    }),
    deadLetters: new Gauge({
      name: "xinqiao_sharing_dead_letters",
      help: "Records of which the newest version told was refused, by source and reason",
      labelNames: ["member", "code"],
      registers,
    }),
  };
}

/** Takes a standing over, as it is when somebody looks. */
export function noteSharing(
  metrics: ReturnType<typeof createSharingMetrics>,
  { sources, subscribers }: SharingStanding,
  letters: ReturnType<DeadLetters["letterCounts"]>,
  now: number,
): void {
  // One that is not waited for any more is nobody's alarm.
  for (const gauge of [metrics.readerPages, metrics.readerSeconds]) gauge.reset();
  for (const { node: member, behind, behindSince, seenAt, isLapsed } of subscribers) {
    metrics.readerSeen.set({ member }, seenAt / 1000);
    if (isLapsed) continue;
    metrics.readerPages.set({ member }, behind);
    metrics.readerSeconds.set({ member }, behindSince === null ? 0 : Math.max(now - behindSince, 0) / 1000);
  }
  for (const { source: member, at } of sources) metrics.sourceTold.set({ member }, at / 1000);
  // One that is settled has no count any more.
  metrics.deadLetters.reset();
  for (const { source: member, code, count } of letters) metrics.deadLetters.set({ member, code }, count);
}
