import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedHub, openHub } from "@xinqiao/gateway";
import { createCompleting, createTakenSignal, createTurns } from "@xinqiao/gateway/sharing";
import { type AgentStore, openStore } from "@xinqiao/node-agent";
import { publish, readChanges } from "@xinqiao/node-agent/sharing";
import type { NodeId } from "@xinqiao/protocol/identity";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { testNow } from "@xinqiao/protocol/testing";
import type { Party } from "../constellation/party.ts";
import { createFuse, type Fuse, fused, Killed } from "./fuse.ts";
import { createMangle } from "./mangle.ts";
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
import { createDoor, type Mishap, type SentToHub } from "./wire.ts";

/** What goes wrong while something is done. */
export interface Trouble {
  readonly mishap?: Mishap | undefined;
  /** Which process dies, and after how many of its steps. */
  readonly kill?: { readonly who: "self" | "hub"; readonly steps: number } | undefined;
  readonly logFull?: boolean | undefined;
  /** Of pages on their way. */
  readonly seed?: number | undefined;
}

/** A hub, two sources and three readers, each with its own store, and a wire between them on which anything may happen. */
export function createWorld() {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-sharing-"));
  let [ticks, uuids, logFull] = [0, 0, false];
  let rules: Rules = { open: "public", shared: "districts" };
  const known = new Map<NodeId, Rules>();
  const suspended = new Set<NodeId>();
  const now = () => testNow + ticks * 1000;
  const hubFile = storeFile(join(folder, "hub.db"), openHub);
  const hubFuse = createFuse();
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
  const directory = () => directoryOf(suspended);
  const watch = createWatch({
    hub: hubFile,
    agent,
    rules: () => rules,
    known: (node) => known.get(node) ?? rules,
    suspended,
    directory,
  });

  const log = {
    append: async () => {
      for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
      if (logFull) return err({ code: "log.full" } as const);
      return ok({ index: 0, size: 0, root: "" });
    },
  };
  /** A process of the gateway. */
  const startHub = () => {
    const watched: OpenedHub = watch.hub({ ...hubFile.port, durable: () => Promise.resolve() });
    const port = fused(watched, hubFuse);
    const common = {
      hub: port,
      directory,
      catalogue: () => catalogueOf(rules),
      log: fused(log, hubFuse),
      now,
    };
    const completing = createCompleting({ ...common, self: nodeOf(hub), signer: hub.signer });
    const signal = createTakenSignal();
    return {
      completing,
      take: {
        ...common,
        completing,
        self: nodeOf(hub),
        signer: hub.signer,
        turns: createTurns(),
        onTaken: signal.taken,
      },
      read: { ...common, completing, untilTaken: () => Promise.resolve() },
    };
  };
  let running = startHub();
  const restartHub = () => {
    hubFuse.replace();
    hubFile.reopen();
    running = startHub();
  };
  const door = createDoor({
    directory,
    now,
    take: () => running.take,
    read: () => running.read,
    onRead: watch.asked,
    onDelivered: watch.delivered,
    clock: watch.clock,
    onKilled: () => undefined,
  });
  const late: SentToHub[] = [];
  const unreachable = err(fault("gateway.unreachable"));

  /** The first request meets with the trouble, those after it do not. */
  function wire({ mishap, seed = 0 }: Trouble, fuse: Fuse) {
    let left = mishap;
    return async (request: SentToHub) => {
      const now = left;
      left = undefined;
      fuse.burn();
      if (now === "lost") return unreachable;
      if (now === "late") {
        late.push(request);
        return unreachable;
      }
      if (now === "twice") await door(request);
      const reply = await door(request, now === "broken" ? createMangle(seed, watch.pagesSeen()) : undefined);
      fuse.burn();
      return now === "unheard" ? unreachable : reply;
    };
  }

  const call = (party: Party, trouble: Trouble) => ({
    node: nodeOf(party),
    gateway: { node: nodeOf(hub), origin: "https://gateway.example" },
    directory,
    signer: party.signer,
    send: wire(trouble, agent(party).fuse),
    entropy: {
      nonce: () => `${uuids++}`.padStart(22, "A"),
      uuid: () => `00000000-0000-4000-8000-${`${uuids++}`.padStart(12, "0")}`,
      hex: (bytes: number) => "1".repeat(bytes * 2),
      bytes: (length: number) => Buffer.alloc(length, uuids++),
    },
    now,
  });

  /** Whatever dies is a new process afterwards. */
  async function attempt<T>(party: Party, trouble: Trouble, work: () => Promise<T>): Promise<T | undefined> {
    const { file, fuse } = agent(party);
    logFull = trouble.logFull === true;
    if (trouble.kill !== undefined) (trouble.kill.who === "hub" ? hubFuse : fuse).light(trouble.kill.steps);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return undefined;
    } finally {
      logFull = false;
      // One that did not go off in this work does not go off in the next.
      if (fuse.dead) file.reopen();
      fuse.replace();
    }
  }
  const endHub = () => {
    if (hubFuse.dead) restartHub();
    hubFuse.replace();
  };

  const never = new AbortController().signal;
  return {
    watch,
    agent,
    hubFile,
    suspended,
    rules: () => rules,
    pass: (seconds: number) => {
      ticks += seconds;
    },
    setRules(change: Partial<Rules>) {
      for (const party of readers) if (!known.has(nodeOf(party))) known.set(nodeOf(party), rules);
      rules = { ...rules, ...change };
    },
    learn: (party: Party) => void known.delete(nodeOf(party)),
    /** @returns whether it could */
    async publish(source: Source, trouble: Trouble = {}): Promise<boolean | undefined> {
      return attempt(source, trouble, async () => {
        const outbox = fused(agent(source).file.port.outbox, agent(source).fuse);
        const catalogue = () => catalogueOf(rules);
        const deps = { ...call(source, trouble), outbox, catalogue, onTooLong: () => undefined };
        const published = await publish(deps, never);
        return published.ok;
      });
    },
    /** @returns whether there was something */
    async read(reader: Reader, trouble: Trouble = {}): Promise<boolean | undefined> {
      return attempt(reader, trouble, async () => {
        const { file, fuse } = agent(reader);
        const inbox = fused(watch.inbox(reader, file.port.inbox), fuse);
        const catalogue = () => catalogueOf(known.get(nodeOf(reader)) ?? rules);
        const { subscription } = reader;
        const deps = { ...call(reader, trouble), inbox, subscription, catalogue, onBroken: () => undefined };
        const read = await readChanges(deps, never, 0);
        return read.ok && read.value.pages > 0;
      });
    },
    endHub,
    async deliverLate() {
      for (const request of late.splice(0)) await door(request);
    },
    putBackHub() {
      if (!hubFile.putBack()) return;
      running = startHub();
      watch.hubPutBack();
    },
    complete: () => running.completing.complete(),
    close() {
      hubFile.close();
      for (const { file } of agents.values()) file.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type World = ReturnType<typeof createWorld>;
