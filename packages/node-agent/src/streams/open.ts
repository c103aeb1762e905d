import { ok } from "@xinqiao/protocol/result";
import { keepDoing } from "../loop/index.ts";
import { authValue, createPlatformClient, openDatabase, secret } from "../source/index.ts";
import {
  type FollowedDatabase,
  type PolledService,
  type StreamsConfig,
  streamName,
  type TableConfig,
} from "./config.ts";
import { pollService } from "./polling.ts";
import type { StreamFault } from "./step.ts";
import { type FollowedTable, followedTable } from "./table.ts";
import { followTable } from "./table-step.ts";
import { createTaking, type TakingDependencies } from "./taking.ts";
import { createWatch, type WatchedStream } from "./watch.ts";

export interface StreamsDependencies extends TakingDependencies {
  /** Where `urlEnv` and `valueEnv` are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Stream extends WatchedStream {
  readonly everySeconds: number;
  /** A cheap probe: why it cannot be read, in a phrase of our own. */
  readonly check: (signal: AbortSignal) => Promise<string | undefined>;
}

/** Nothing is asked yet. Throws a ConfigError when a mapping does not fit the catalogue or a secret is missing. */
export async function openStreams({ databases, services }: StreamsConfig, deps: StreamsDependencies) {
  await using opening = new AsyncDisposableStack();
  const streams: Stream[] = [];
  for (const each of databases) streams.push(...(await openDatabaseStreams(each, deps, opening)));
  for (const each of services) streams.push(...openServiceStreams(each, deps, opening));
  return { streams, opened: opening.move() };
}

async function openDatabaseStreams(
  config: FollowedDatabase,
  deps: StreamsDependencies,
  opening: AsyncDisposableStack,
): Promise<readonly Stream[]> {
  const { name, dialect, everySeconds } = config;
  const url = secret(config.url, config.urlEnv, deps.env, `intake.databases.${name}.url`);
  const database = opening.adopt(await openDatabase(config, url), (opened) => opened.close());
  return config.tables.map((table) => {
    const stream = streamName(config, table);
    const taking = createTaking(stream, table, deps);
    const followed = followedTable(stream, table, dialect, database);
    const step = followTable(table, followed, taking, deps.now);
    const check = (signal: AbortSignal) => checkTable(table, followed, signal);
    return { name: stream, item: table.item, everySeconds, step, check };
  });
}

function openServiceStreams(
  config: PolledService,
  deps: StreamsDependencies,
  opening: AsyncDisposableStack,
): readonly Stream[] {
  const { name, auth, everySeconds } = config;
  const value = auth && authValue(auth, deps.env, `intake.services.${name}.auth`);
  const headers = auth && value !== undefined ? { [auth.header]: value } : {};
  const client = opening.adopt(createPlatformClient({ ...config, headers, connections: 1 }), (opened) =>
    opened.close(),
  );
  return config.items.map((list) => {
    const stream = streamName(config, list);
    const step = pollService(client, list, createTaking(stream, list, deps), deps.now);
    const check = async (signal: AbortSignal) =>
      (await client.reachable(signal)) ? undefined : "the platform cannot be reached";
    return { name: stream, item: list.item, everySeconds, step, check };
  });
}

async function checkTable(
  { table, changes }: TableConfig,
  followed: FollowedTable,
  signal: AbortSignal,
): Promise<string | undefined> {
  const rows = await followed.byKey(undefined, signal);
  if (!rows.ok) return `${table}: ${rows.error}`;
  if (changes.by === "column") {
    const unmarked = await followed.hasUnmarked(signal);
    if (!unmarked.ok) return `${table}: ${unmarked.error}`;
    return unmarked.value ? `${table}: rows without a value in ${changes.column}` : undefined;
  }
  const noted = changes.by === "triggers" ? await followed.newestChange("settled", signal) : ok(undefined);
  return noted.ok ? undefined : `the table of changes: ${noted.error}`;
}

/** Follows all streams from now on. @returns what ends it */
export async function keepStreams(
  config: StreamsConfig,
  deps: StreamsDependencies,
): Promise<() => Promise<void>> {
  const { streams, opened } = await openStreams(config, deps);
  const watch = createWatch(streams, deps);
  for (const { name } of streams) deps.store.streams.failing(name, undefined);
  const stops = streams.map((stream) =>
    keepDoing(watch(stream), stream.everySeconds * 1000, {
      onFault: (fault: StreamFault) => deps.events.streamFault(stream.name, fault),
      onError: deps.events.failed,
    }),
  );
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await opened.disposeAsync();
  };
}
