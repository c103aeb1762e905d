import { openTestIntake, type TestIntake } from "../../intake/testing/intake.ts";
import { testCatalogue, testJurisdiction } from "../../intake/testing/rows.ts";
import type { ImportCounts } from "../../store/index.ts";
import {
  type FollowedDatabase,
  followedDatabaseSchema,
  type PolledService,
  polledServiceSchema,
} from "../config.ts";
import { openStreams } from "../open.ts";
import type { Step } from "../step.ts";
import { type Platform, platformName, titles } from "./platform.ts";

/** An agent's intake that follows a platform, a step at a time. */
export interface Followed {
  readonly intake: TestIntake;
  step(): ReturnType<Step>;
  readonly taken: ImportCounts[];
  /** How often it let others write. */
  gaveWay(): number;
  /** Steps until there is nothing more to read at once. Answers what the last one came to. */
  run(): ReturnType<Step>;
  /** Of the n-th enterprise: version and state of each penalty held. */
  held(n: number): readonly string[];
  /** As after a start of the process. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const never = new AbortController().signal;
export const stream = "platform.penalty";
const fields = (nameOf: (title: string) => string) =>
  Object.fromEntries(titles.map((title) => [title, nameOf(title)]));
const stateValues = { valid: "current", revoked: "withdrawn" };

type Config = Parameters<typeof openStreams>[0];

async function follow(config: Config): Promise<Followed> {
  const intake = openTestIntake();
  const taken: ImportCounts[] = [];
  let gaveWay = 0;
  const open = () =>
    openStreams(config, {
      store: intake.store,
      catalogue: () => testCatalogue,
      jurisdiction: testJurisdiction,
      now: () => intake.now,
      giveWay: async () => {
        gaveWay += 1;
      },
      env: {},
      events: {
        streamTaken: (_, counts) => void taken.push(counts),
        streamFault() {},
        streamFaults() {},
        failed() {},
      },
    });
  let { streams, opened } = await open();
  const step = () => {
    const [first] = streams;
    if (first === undefined) throw new Error("no stream");
    return first.step(never);
  };
  return {
    intake,
    taken,
    gaveWay: () => gaveWay,
    step,
    async run() {
      for (;;) {
        const stepped = await step();
        if (!stepped.ok || !stepped.value.again) return stepped;
      }
    },
    held: (n) => intake.held(n).map(({ version, state }) => `${version} ${state}`),
    async restart() {
      await opened.disposeAsync();
      ({ streams, opened } = await open());
    },
    async close() {
      await opened.disposeAsync();
      intake.close();
    },
  };
}

type Changes = FollowedDatabase["tables"][number]["changes"];

/** @param more beside what tests usually say of a table */
export function databaseOf(
  { dialect, url }: Platform,
  changes: Changes,
  more: object = {},
): FollowedDatabase {
  const table = { item: "penalty", table: "penalty", key: "id", stateColumn: "state", stateValues, changes };
  const tables = [{ ...table, fields: fields(platformName), ...more }];
  return followedDatabaseSchema.parse({ name: "platform", dialect, url, tables });
}

export const followPlatform = (...of: Parameters<typeof databaseOf>): Promise<Followed> =>
  follow({ databases: [databaseOf(...of)], services: [] });

export function serviceOf(baseUrl: string, more: object = {}): PolledService {
  const list = { item: "penalty", path: "/changes", rows: "data.list", cursor: "data.next", key: "id" };
  const items = [{ ...list, fields: fields((title) => title), deletedKey: "deleted", ...more }];
  return polledServiceSchema.parse({ name: "platform", baseUrl, timeoutMs: 2_000, items });
}

export const followService = (...of: Parameters<typeof serviceOf>): Promise<Followed> =>
  follow({ databases: [], services: [serviceOf(...of)] });
