import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { asDeployed, startBenchFederation } from "./federation.ts";
import { agentMain, runWatched } from "./processes.ts";
import type { Figure } from "./table.ts";

const source = { node: "sz-baoan", jurisdiction: "440306" };
const subscriber = { node: "sz-longgang", jurisdiction: undefined };

/** Each of the source's records, from an empty store to the other's copies: how fast, and in how much memory. */
export async function measureInitialLoad(folder: string, records: number): Promise<readonly Figure[]> {
  const place = join(folder, "initial-load");
  mkdirSync(place, { recursive: true });
  const federation = await startBenchFederation(place, records / 2, {
    members: [source, subscriber],
    importing: false,
    sharing: { [source.node]: { publish: true }, [subscriber.node]: { subscribe: {} } },
  });
  const hub = new Database(join(federation.city, "sharing.db"), { readonly: true });
  try {
    const begun = performance.now();
    const { home } = federation.asker;
    const importing = await runWatched(agentMain, ["import", "--home", home, federation.data], asDeployed);
    const imported = (performance.now() - begun) / 1_000;
    const receipted = hub.prepare<[number], number>("SELECT count(*) FROM receipt WHERE up_to >= ?").pluck();
    while (receipted.get(records) !== 1) await sleep(20);
    const shared = (performance.now() - begun) / 1_000;
    const [reader] = federation.answering;
    const most = {
      ...{ telling: federation.asker, reading: reader },
      gateway: { process: federation.gateway },
    };
    return [
      { name: `importing ${records} records`, value: records / imported, unit: "/s" },
      { name: "… until a subscriber has them, receipted", value: records / shared, unit: "/s" },
      { name: "… most memory of the import", value: importing, unit: "MiB", aim: { under: 300 } },
      ...Object.entries(most).map(([who, running]) => ({
        name: `… most memory of the ${who === "gateway" ? who : `${who} agent`}`,
        value: running?.process.resident.most ?? Number.NaN,
        unit: "MiB",
        ...(who !== "gateway" && { aim: { under: 300 } }),
      })),
    ];
  } finally {
    hub.close();
    await federation.close();
    rmSync(place, { recursive: true, force: true });
  }
}
