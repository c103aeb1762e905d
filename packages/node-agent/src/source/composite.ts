import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { SubjectScheme } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { ok, type Result } from "@xinqiao/protocol/result";
import type { Found, Gap, RecordSource, SourceQuery } from "./port.ts";
import { unavailable } from "./unavailable.ts";

/**
 * Several sources as one: asked at once, complete or not at all. One that fails fails the whole, because
 * an answer with a source's records silently missing reads as a clean history.
 */
export function createComposite(sources: readonly RecordSource[], now: () => number): RecordSource {
  return {
    name: sources.map(({ name }) => name).join("+") || "none",
    type: "composite",
    held: (scheme) => new Set(sources.flatMap((source) => [...source.held(scheme)])),
    async find(query, signal) {
      const asked = share(sources, query);
      if (!asked.ok) return asked;
      const found = merge(await findAll(asked.value, signal), now);
      const held = new Set(asked.value.flatMap(({ query: { items } }) => items));
      return found.ok
        ? ok(
            withGaps(
              found.value,
              query.items.filter((item) => !held.has(item)),
            ),
          )
        : found;
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

/** Asks each source only what it holds. */
function share(sources: readonly RecordSource[], query: SourceQuery): Result<readonly Asked[], Fault> {
  const asked: Asked[] = [];
  for (const source of sources) {
    const held = heldBy(source, query.subject.scheme);
    if (!held.ok) return held;
    const items = query.items.filter((item) => held.value.has(item));
    if (items.length > 0) asked.push({ source, query: { ...query, items } });
  }
  return ok(asked);
}

function heldBy(source: RecordSource, scheme: SubjectScheme): Result<ReadonlySet<ItemCode>, Fault> {
  try {
    return ok(source.held(scheme));
  } catch {
    return unavailable(source.name, "what it holds cannot be read");
  }
}

/** An item that no source holds is named: an empty answer about it would read as a clean history. */
function withGaps(found: Found, notHeld: readonly ItemCode[]): Found {
  const gaps = [...(found.gaps ?? []), ...notHeld.map((item): Gap => ({ item, reason: "not-held" }))];
  return gaps.length > 0 ? { ...found, gaps } : found;
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
  const gaps: Gap[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    instants.push(result.value.asOf);
    gaps.push(...(result.value.gaps ?? []));
    for (const record of result.value.records) keep(records, record);
  }
  const oldest = instants.reduce<string | undefined>(
    (least, instant) => (least === undefined || instant < least ? instant : least),
    undefined,
  );
  const asOf = oldest ?? new Date(now()).toISOString();
  return ok({ records: [...records.values()], asOf, ...(gaps.length > 0 && { gaps }) });
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
