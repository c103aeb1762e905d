import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHub } from "@xinqiao/gateway";
import { type AgentStore, openStore } from "@xinqiao/node-agent";
import type { NodeId } from "@xinqiao/protocol/identity";
import { testNow } from "@xinqiao/protocol/testing";
import type { Party } from "../constellation/party.ts";
import { createDeeds } from "./deeds.ts";
import { createFuse, type Fuse, Killed } from "./fuse.ts";
import { createHubProcess } from "./hub-process.ts";
import {
  catalogueOf,
  directoryOf,
  nodeOf,
  type Reader,
  type Rules,
  readers,
  type Source,
  sources,
} from "./members.ts";
import { type StoreFile, storeFile } from "./store-file.ts";
import { createWatch } from "./watch.ts";
import { createDoor, createWire, type Mishap } from "./wire.ts";

/** What goes wrong while something is done. */
export interface Trouble {
  readonly mishap?: Mishap | undefined;
  /** Which process dies, and after how many of its steps. */
  readonly kill?: { readonly who: "self" | "hub"; readonly steps: number } | undefined;
  readonly logFull?: boolean | undefined;
  /** Of pages on their way. */
  readonly seed?: number | undefined;
}

/** Who is in it, what the catalogue says, what time it is. */
function createCircumstances() {
  let ticks = 0;
  let rules: Rules = { open: "public", shared: "districts", demand: "number" };
  const known = new Map<NodeId, Rules>();
  const suspended = new Set<NodeId>();
  return {
    suspended,
    directory: () => directoryOf(suspended),
    now: () => testNow + ticks * 1000,
    pass(seconds: number) {
      ticks += seconds;
    },
    rules: () => rules,
    /** As a member knows them, which may not have heard of the newest yet. */
    known: (node: NodeId) => known.get(node) ?? rules,
    setRules(change: Partial<Rules>) {
      for (const party of [...sources, ...readers])
        if (!known.has(nodeOf(party))) known.set(nodeOf(party), rules);
      rules = { ...rules, ...change };
    },
    learn: (party: Party) => void known.delete(nodeOf(party)),
  };
}

function openAgents(folder: string) {
  const agents = new Map<NodeId, { readonly file: StoreFile<AgentStore>; readonly fuse: Fuse }>(
    [...sources, ...readers].map((party: Party) => [
      nodeOf(party),
      { file: storeFile(join(folder, `${nodeOf(party)}.db`), openStore), fuse: createFuse() },
    ]),
  );
  const agent = (party: Party) => {
    const found = agents.get(nodeOf(party));
    if (found === undefined) throw new Error("no such agent");
    return found;
  };
  return { agent, all: [...agents.values()] };
}

/** A hub, two sources and three readers, each with its own store, and a wire between them on which anything may happen. */
export function createWorld() {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "xinqiao-sharing-"));
  const around = createCircumstances();
  const { directory, now, rules } = around;
  let lives = 0;
  const file = storeFile(join(folder, "hub.db"), (path) => {
    lives += 1;
    return openHub(path, () => lives * 1_000);
  });
  const { agent, all } = openAgents(folder);
  const watch = createWatch({ ...around, hub: file, agent });
  const hubProcess = createHubProcess({
    ...{ file, directory, now },
    watched: watch.hub,
    catalogue: () => catalogueOf(rules()),
  });
  const { running } = hubProcess;
  const seen = { onRead: watch.asked, onDelivered: watch.delivered, clock: watch.clock };
  const door = createDoor({ ...{ directory, now }, ...seen, running });
  const wire = createWire(door, watch.pagesSeen);
  const deeds = createDeeds({ ...around, agent, watch, wire });
  const attempt = createAttempts(hubProcess, agent);
  return {
    ...{ watch, agent, hubProcess, hubFile: file, deliverLate: wire.deliverLate },
    ...around,
    /** @returns whether it could; undefined when something died */
    publish: (source: Source, trouble: Trouble = {}) =>
      attempt(source, trouble, () => deeds.tell(source, trouble)),
    /** @returns whether there was something */
    read: (reader: Reader, trouble: Trouble = {}) =>
      attempt(reader, trouble, () => deeds.hear(reader, trouble)),
    /** Compares what a party tells, or holds of others, with the city's, and repairs it. */
    reconcile: (party: Source | Reader, trouble: Trouble = {}) =>
      attempt(party, trouble, () => deeds.compare(party, trouble)),
    /** A day goes by, and at its end the hub drops what is past its time, unless it dies after so many steps. */
    async spendDay(steps: number | undefined) {
      around.pass(86_400);
      if (steps !== undefined) hubProcess.fuse.light(steps);
      await hubProcess.tidy();
      hubProcess.revive();
    },
    putBackHub() {
      if (hubProcess.putBack()) watch.hubPutBack();
    },
    close() {
      for (const each of [file, ...all.map((one) => one.file)]) each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type World = ReturnType<typeof createWorld>;

/** Whatever dies in what it does is a new process afterwards. */
function createAttempts(
  hubProcess: ReturnType<typeof createHubProcess>,
  agent: ReturnType<typeof openAgents>["agent"],
) {
  return async <T>(
    party: Party,
    { kill, logFull = false }: Trouble,
    work: () => Promise<T>,
  ): Promise<T | undefined> => {
    const { file, fuse } = agent(party);
    hubProcess.setFull(logFull);
    if (kill !== undefined) (kill.who === "hub" ? hubProcess.fuse : fuse).light(kill.steps);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return undefined;
    } finally {
      hubProcess.setFull(false);
      // One that did not go off in this work does not go off in the next.
      if (fuse.dead) file.reopen();
      fuse.replace();
    }
  };
}
