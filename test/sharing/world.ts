import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHub } from "@xinqiao/gateway";
import { type AgentStore, openStore } from "@xinqiao/node-agent";
import { publish, readChanges } from "@xinqiao/node-agent/sharing";
import type { NodeId } from "@xinqiao/protocol/identity";
import { testNow } from "@xinqiao/protocol/testing";
import type { Party } from "../constellation/party.ts";
import { createFuse, type Fuse, fused, Killed } from "./fuse.ts";
import { createHubProcess } from "./hub-process.ts";
import {
  catalogueOf,
  directoryOf,
  hub,
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

const never = new AbortController().signal;

/** Who is in it, what the catalogue says, what time it is. */
function createCircumstances() {
  let ticks = 0;
  let rules: Rules = { open: "public", shared: "districts" };
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
    /** As a reader knows them, which may not have heard of the newest yet. */
    known: (node: NodeId) => known.get(node) ?? rules,
    setRules(change: Partial<Rules>) {
      for (const party of readers) if (!known.has(nodeOf(party))) known.set(nodeOf(party), rules);
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

function createEntropy() {
  let drawn = 0;
  return {
    nonce: () => `${drawn++}`.padStart(22, "A"),
    uuid: () => `00000000-0000-4000-8000-${`${drawn++}`.padStart(12, "0")}`,
    hex: (bytes: number) => "1".repeat(bytes * 2),
    bytes: (length: number) => Buffer.alloc(length, drawn++),
  };
}

/** A hub, two sources and three readers, each with its own store, and a wire between them on which anything may happen. */
export function createWorld() {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "xinqiao-sharing-"));
  const around = createCircumstances();
  const { directory, now, rules } = around;
  const file = storeFile(join(folder, "hub.db"), openHub);
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
  const entropy = createEntropy();
  const call = (party: Party, trouble: Trouble) => ({
    node: nodeOf(party),
    gateway: { node: nodeOf(hub), origin: "https://gateway.example" },
    signer: party.signer,
    send: wire.send(trouble, agent(party).fuse),
    ...{ directory, entropy, now },
  });
  const attempt = createAttempts(hubProcess, agent);
  return {
    ...{ watch, agent, hubProcess, hubFile: file, deliverLate: wire.deliverLate },
    ...around,
    /** @returns whether it could */
    publish: (source: Source, trouble: Trouble = {}) =>
      attempt(source, trouble, async () => {
        const outbox = fused(agent(source).file.port.outbox, agent(source).fuse);
        const catalogue = () => catalogueOf(rules());
        const deps = { ...call(source, trouble), outbox, catalogue, onTooLong: () => undefined };
        return (await publish(deps, never)).ok;
      }),
    /** @returns whether there was something */
    read: (reader: Reader, trouble: Trouble = {}) =>
      attempt(reader, trouble, async () => {
        const inbox = fused(watch.inbox(reader, agent(reader).file.port.inbox), agent(reader).fuse);
        const catalogue = () => catalogueOf(around.known(nodeOf(reader)));
        const { subscription } = reader;
        const deps = { ...call(reader, trouble), inbox, subscription, catalogue, onBroken: () => undefined };
        const read = await readChanges(deps, never, 0);
        return read.ok && read.value.pages > 0;
      }),
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
  return async (
    party: Party,
    { kill, logFull = false }: Trouble,
    work: () => Promise<boolean>,
  ): Promise<boolean | undefined> => {
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
