import { quantile } from "./quantile.ts";

/** One request; rejects when it fails. */
export type Work = (turn: number) => Promise<void>;

export interface Load {
  readonly perSecond: number;
  readonly failed: number;
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[];
}

/** As fast as `concurrency` callers can go, each waiting for its reply. */
export async function closedLoop(concurrency: number, seconds: number, work: Work): Promise<Load> {
  const latencies: number[] = [];
  let failed = 0;
  let turn = 0;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const caller = async () => {
    while (performance.now() < end) {
      const sent = performance.now();
      turn += 1;
      await work(turn).then(
        () => latencies.push(performance.now() - sent),
        () => {
          failed += 1;
        },
      );
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const elapsed = (performance.now() - begun) / 1000;
  return { perSecond: latencies.length / elapsed, failed, latencies: latencies.sort((a, b) => a - b) };
}

/** At a given rate, whatever the replies do: latency counts from when a request was due, not from when it left. */
export async function openLoop(perSecond: number, seconds: number, work: Work): Promise<Load> {
  const latencies: number[] = [];
  let failed = 0;
  const pending: Promise<void>[] = [];
  const total = Math.floor(perSecond * seconds);
  const begun = performance.now();
  for (let turn = 0; turn < total; turn += 1) {
    const due = begun + (turn * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    pending.push(
      work(turn).then(
        () => void latencies.push(performance.now() - due),
        () => {
          failed += 1;
        },
      ),
    );
  }
  await Promise.all(pending);
  const elapsed = (performance.now() - begun) / 1000;
  return { perSecond: latencies.length / elapsed, failed, latencies: latencies.sort((a, b) => a - b) };
}

export function percentile({ latencies }: Load, p: number): number {
  return quantile(latencies, p) ?? Number.NaN;
}
