import type { Fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { ok, type Result } from "@xinqiao/protocol/result";
import type { Found, RecordSource, SourceQuery } from "./port.ts";

/**
 * Several sources as one: asked at once, complete or not at all. One that fails fails the whole, because
 * an answer with a source's records silently missing reads as a clean history.
 */
export function createComposite(sources: readonly RecordSource[], now: () => number): RecordSource {
  return {
    name: sources.map(({ name }) => name).join("+") || "none",
    type: "composite",
    get items() {
      return new Set(sources.flatMap(({ items }) => [...items]));
    },
    async find(query, signal) {
      const asked = sources.flatMap((source) => {
        const items = query.items.filter((item) => source.items.has(item));
        return items.length > 0 ? [{ source, query: { ...query, items } }] : [];
      });
      return merge(await findAll(asked, signal), now);
    },
    async check(signal) {
      const checks = await Promise.all(sources.map((source) => source.check(signal)));
      const details: string[] = [];
      for (const [at, checked] of checks.entries()) {
        if (!checked.ok) return checked;
        details.push(`${sources[at]?.name} (${checked.value.detail})`);
      }
      return ok({ detail: details.join(", ") || "none · 无" });
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

interface Asked {
  readonly source: RecordSource;
  readonly query: SourceQuery;
}

/** The first failure stops the others: their work would be thrown away. */
async function findAll(asked: readonly Asked[], signal: AbortSignal): Promise<Result<Found, Fault>[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let failed: Result<Found, Fault> | undefined;
  const found = await Promise.all(
    asked.map(async ({ source, query }) => {
      const result = await source.find(query, either);
      if (!result.ok) {
        failed ??= result;
        stop.abort();
      }
      return result;
    }),
  );
  return failed === undefined ? found : [failed];
}

function merge(results: readonly Result<Found, Fault>[], now: () => number): Result<Found, Fault> {
  const records = new Map<string, CreditRecord>();
  const instants: string[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    instants.push(result.value.asOf);
    for (const record of result.value.records) keep(records, record);
  }
  const oldest = instants.reduce<string | undefined>(
    (least, instant) => (least === undefined || instant < least ? instant : least),
    undefined,
  );
  return ok({ records: [...records.values()], asOf: oldest ?? new Date(now()).toISOString() });
}

/** Of two copies of one record the one that discloses less stands: a stale copy must not undo a repair. */
const severity: Readonly<Record<CreditRecord["state"], number>> = {
  current: 0,
  annotated: 1,
  repaired: 2,
  withdrawn: 3,
};

function keep(records: Map<string, CreditRecord>, record: CreditRecord): void {
  const held = records.get(record.id);
  if (held === undefined || severity[record.state] > severity[held.state]) records.set(record.id, record);
}
