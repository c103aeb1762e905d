import { createHash } from "node:crypto";
import type { Catalogue, Item } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, UsccOptions } from "@xinqiao/protocol/identity";
import {
  type AgentStore,
  type ImportCounts,
  type KeptRow,
  noCounts,
  type RowChange,
  type RowReason,
  type SaidState,
} from "../store/index.ts";
import type { Header } from "./header.ts";
import { type IntakeContext, rowRecord, rowTexts } from "./row-record.ts";
import { traceRow } from "./row-trace.ts";

/** One row of a platform's table or service, as it is now. */
export interface StreamRow {
  readonly key: string;
  /** Set when the platform gives no key: the row is kept back under a made one, as nobody could tell when it changes. */
  readonly isKeyless?: boolean | undefined;
  /** In the order of the mapping; absent: the row is there no more. */
  readonly cells?: readonly unknown[];
  /** As the platform has it; absent where the mapping names no state. */
  readonly state?: string | undefined;
}

/** How rows of one table or service become records. */
export interface RowMapping {
  readonly stream: string;
  readonly item: Item;
  /** National column → the platform's name for it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly stateValues: Readonly<Record<string, SaidState["state"]>>;
}

export interface RowsDependencies extends UsccOptions {
  readonly store: Pick<AgentStore, "streams">;
  readonly catalogue: () => Pick<Catalogue, "version">;
  readonly jurisdiction: Jurisdiction;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Lets others write between two batches. */
  readonly giveWay: () => Promise<unknown>;
}

/** Rows of one transaction: an agent that serves is not kept waiting for longer. */
const batchRows = 100;

/**
 * What the rows say depends on it beside the rows themselves: where it has changed they are all read again, and each is
 * looked at as if it were new.
 */
export function basisOf(
  { fields, stateValues, item }: RowMapping,
  { jurisdiction, exceptions }: Pick<RowsDependencies, "jurisdiction" | "exceptions">,
): string {
  return digest([item, fields, stateValues, jurisdiction, [...(exceptions ?? [])].sort()]);
}

/**
 * Takes what has changed of some rows; those that say what they said are not counted. The last transaction moves the
 * cursor: broken off anywhere, the same rows come again, and those that were taken are known by what they said.
 */
export async function takeRows(
  rows: readonly StreamRow[],
  mapping: RowMapping,
  deps: RowsDependencies,
  cursor?: string,
): Promise<ImportCounts> {
  const { stream, item } = mapping;
  const { streams } = deps.store;
  const at = new Date(deps.now()).toISOString();
  const context = { ...deps, recordedAt: at, catalogueVersion: deps.catalogue().version };
  const basis = basisOf(mapping, deps);
  let counts = noCounts;
  let start = 0;
  do {
    const part = newest(rows.slice(start, start + batchRows));
    start += batchRows;
    const known = streams.digests(
      stream,
      part.map(({ key }) => key),
    );
    const changes = part.flatMap((row) => changeOf(row, mapping, context, basis, known) ?? []);
    const isLast = start >= rows.length;
    const moved = isLast && cursor !== streams.cursor(stream) ? cursor : undefined;
    if (changes.length > 0 || moved !== undefined) {
      counts = sum(counts, streams.take({ stream, item: item.code, changes, cursor: moved, at }));
    }
    if (!isLast) await deps.giveWay();
  } while (start < rows.length);
  return counts;
}

/** A page may name a row more than once: what it says last counts. */
function newest(rows: readonly StreamRow[]): readonly StreamRow[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}

function changeOf(
  row: StreamRow,
  mapping: RowMapping,
  context: IntakeContext,
  basis: string,
  known: ReadonlyMap<string, string>,
): RowChange | undefined {
  const { key, cells } = row;
  const before = known.get(key);
  const gone = before === undefined ? undefined : ({ key, gone: true } as const);
  if (cells === undefined) return gone;
  const texts = rowTexts({ line: 0, cells });
  const said = digest([basis, texts, row.state]);
  if (said === before) return undefined;
  return readRow({ ...row, cells, digest: said }, texts, mapping, context) ?? gone;
}

interface Digested {
  readonly digest: string;
}

/** @returns nothing for one that is withdrawn and has no more to say */
function readRow(
  { key, cells, state, isKeyless, digest }: StreamRow & Required<Pick<StreamRow, "cells">> & Digested,
  texts: readonly string[],
  { item, fields, stateValues }: RowMapping,
  context: IntakeContext,
): RowChange | undefined {
  const titles = Object.values(fields);
  const places = new Map(Object.keys(fields).map((column, place) => [column, place]));
  const header: Header = { item, places, titles, unknown: [] };
  const row = { line: 0, cells };
  const kept = (reasons: readonly RowReason[]): KeptRow => {
    const trace = traceRow(row, header, context);
    return { reasons, cells: texts, ...(trace !== undefined && { trace }) };
  };
  const record = rowRecord(row, header, context);
  const faults = record.ok ? [] : record.error;
  if (isKeyless) return { key, digest, kept: kept([{ reason: "key-missing" }, ...faults]) };
  const as = stateOf(state, stateValues);
  if (as === undefined) return { key, digest, kept: kept([{ reason: "state-not-mapped" }, ...faults]) };
  if (!record.ok) {
    const repaired = as === "repaired" ? as : undefined;
    return as === "withdrawn" ? undefined : { key, digest, kept: kept(record.error), state: repaired };
  }
  const reasons = [{ field: item.columns.documentNumber, reason: "conflicts-with-other-row" }];
  // The record is held, and may be the wrong one: which is waited for is not known.
  const conflict = { reasons, cells: texts, trace: { subject: record.value.subject } };
  return { key, digest, record: { ...record.value, state: as }, conflict };
}

function stateOf(state: string | undefined, values: RowMapping["stateValues"]) {
  if (state === undefined) return "current";
  return Object.hasOwn(values, state) ? values[state] : undefined;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}

function sum(counts: ImportCounts, more: ImportCounts): ImportCounts {
  return {
    received: counts.received + more.received,
    accepted: counts.accepted + more.accepted,
    unchanged: counts.unchanged + more.unchanged,
    quarantined: counts.quarantined + more.quarantined,
    duplicates: counts.duplicates + more.duplicates,
  };
}
