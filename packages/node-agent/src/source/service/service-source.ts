import type { Item } from "@xinqiao/protocol/catalogue";
import type { Fault } from "@xinqiao/protocol/problem";
import { ok, type Result } from "@xinqiao/protocol/result";
import { mappedItem, unfit } from "../configured-item.ts";
import type { LiveDependencies } from "../dependencies.ts";
import { foundIn, type LiveContext, type LiveRecords, recordsFromRows } from "../live-rows.ts";
import type { RecordSource, SourceQuery } from "../port.ts";
import { authValue } from "../secret.ts";
import { unavailable } from "../unavailable.ts";
import type { ServiceItem, ServiceSourceConfig } from "./config.ts";
import { createPlatformClient, type PlatformClient } from "./platform-client.ts";
import { fillBody, platformRow, rowsOf } from "./reply.ts";

interface Door {
  readonly config: ServiceItem;
  /** As the catalogue of the moment has it; nothing when the mapping no longer fits. */
  readonly item: () => Item | undefined;
}

/** Asks the platform's own HTTP API, one call an item. Throws when the configuration does not fit the catalogue. */
export function createServiceSource(config: ServiceSourceConfig, deps: LiveDependencies): RecordSource {
  const { name, auth } = config;
  const doors = config.items.map((entry, at): Door => {
    const item = mappedItem(deps.catalogue, {
      code: entry.item,
      scheme: entry.subject.scheme,
      mapped: Object.keys(entry.fields),
      setting: `sources.${name}.items.${at}`,
    });
    return { config: entry, item };
  });
  const value = auth && authValue(auth, deps.env, `sources.${name}.auth`);
  const client = createPlatformClient({
    ...config,
    headers: auth && value !== undefined ? { [auth.header]: value } : {},
  });
  return {
    name,
    type: "service",
    held: (scheme) =>
      new Set(
        doors.filter(({ config: { subject } }) => subject.scheme === scheme).map(({ config }) => config.item),
      ),
    async find(query, signal) {
      const asOf = new Date(deps.now()).toISOString();
      const context = {
        source: name,
        jurisdiction: deps.jurisdiction,
        recordedAt: asOf,
        catalogueVersion: deps.catalogue().version,
        onInvalid: deps.onInvalid,
      };
      const asked = doors.filter((door) => answers(door, query));
      const replies = await Promise.all(asked.map((door) => askOne(client, door, query, context, signal)));
      return foundIn(replies, asOf);
    },
    async check(signal) {
      return (await client.reachable(signal))
        ? ok({ detail: `service, ${doors.length} items` })
        : unavailable(name, "the platform cannot be reached");
    },
    close: () => client.close(),
  };
}

function answers({ config }: Door, { subject, items }: SourceQuery): boolean {
  return config.subject.scheme === subject.scheme && items.includes(config.item);
}

async function askOne(
  client: PlatformClient,
  { config, item: itemNow }: Door,
  { subject }: SourceQuery,
  context: LiveContext,
  signal: AbortSignal,
): Promise<Result<LiveRecords, Fault>> {
  const item = itemNow();
  if (item === undefined) return unavailable(context.source, unfit(config.item));
  const { method, path, body, stateValues } = config;
  const filled = body === undefined ? undefined : JSON.stringify(fillBody(body, subject.id));
  const reply = await client.ask({ method, path, body: filled }, signal);
  if (!reply.ok) return unavailable(context.source, reply.error);
  const rows = rowsOf(reply.value, config.rows);
  if (rows === undefined) return unavailable(context.source, "the platform's reply has no list of rows");
  const read = rows.map((row) => platformRow(row, config));
  // A list of every subject (GET) is full of others by nature: those are not invalid, only not asked for.
  const own = method === "GET" ? read.filter(({ subjectId }) => subjectId === subject.id) : read;
  return ok(recordsFromRows(own, { item, kind: config.subject.kind, stateValues }, subject, context));
}
