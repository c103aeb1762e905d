import type { AgentStore } from "@xinqiao/node-agent";
import { type CopiesReconciled, reconcileCopies } from "@xinqiao/node-agent/copies";
import { publish, readChanges } from "@xinqiao/node-agent/sharing";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Directory } from "@xinqiao/protocol/registry";
import { chinaDay } from "@xinqiao/runtime/calendar";
import type { Party } from "../constellation/party.ts";
import { type Fuse, fused } from "./fuse.ts";
import { catalogueOf, hub, nodeOf, type Reader, type Rules, type Source } from "./members.ts";
import type { StoreFile } from "./store-file.ts";
import type { createWatch } from "./watch.ts";
import type { createWire } from "./wire.ts";
import type { Trouble } from "./world.ts";

const never = new AbortController().signal;

function createEntropy() {
  let drawn = 0;
  return {
    nonce: () => `${drawn++}`.padStart(22, "A"),
    uuid: () => `00000000-0000-4000-8000-${`${drawn++}`.padStart(12, "0")}`,
    hex: (bytes: number) => "1".repeat(bytes * 2),
    bytes: (length: number) => Buffer.alloc(length, drawn++),
  };
}

export interface DeedDependencies {
  readonly agent: (party: Party) => { readonly file: StoreFile<AgentStore>; readonly fuse: Fuse };
  readonly watch: Pick<ReturnType<typeof createWatch>, "inbox">;
  readonly wire: Pick<ReturnType<typeof createWire>, "send">;
  readonly directory: () => Directory;
  readonly now: () => number;
  /** As a member knows them. */
  readonly known: (node: NodeId) => Rules;
}

/** What an agent does, until it is done or its process dies. */
export function createDeeds({ agent, watch, wire, directory, now, known }: DeedDependencies) {
  const entropy = createEntropy();
  const call = (party: Party, trouble: Trouble) => ({
    node: nodeOf(party),
    gateway: { node: nodeOf(hub), origin: "https://gateway.example" },
    signer: party.signer,
    send: wire.send(trouble, agent(party).fuse),
    ...{ directory, entropy, now },
  });
  const outboxOf = (source: Source) => fused(agent(source).file.port.outbox, agent(source).fuse);
  const inboxOf = (reader: Reader) =>
    fused(watch.inbox(reader, agent(reader).file.port.inbox), agent(reader).fuse);
  const knownTo = (party: Party) => () => catalogueOf(known(nodeOf(party)));

  /** @returns whether it could */
  async function tell(source: Source, trouble: Trouble): Promise<boolean> {
    const catalogue = knownTo(source);
    const own = { outbox: outboxOf(source), catalogue, onSetAside: () => undefined, keptBack: () => [] };
    return (await publish({ ...call(source, trouble), ...own }, never)).ok;
  }

  /** @returns whether there was something */
  async function hear(reader: Reader, trouble: Trouble): Promise<boolean> {
    // As an agent does every day, whether it hears of anything or not.
    agent(reader).file.port.inbox.forgetEnded(chinaDay(now()));
    const { subscription } = reader;
    const own = { inbox: inboxOf(reader), catalogue: knownTo(reader), onBroken: () => undefined };
    const read = await readChanges({ ...call(reader, trouble), ...own, subscription }, never, 0);
    return read.ok && read.value.pages > 0;
  }

  /** @returns how it was; undefined when it could not be compared */
  async function compare(
    party: Source | Reader,
    trouble: Trouble,
  ): Promise<CopiesReconciled["rows"] | undefined> {
    const { outbox, inbox, digests, deliveries } = agent(party).file.port;
    const own = { call: call(party, trouble), outbox, inbox, digests: digests(nodeOf(party)) };
    const { takenBy } = deliveries;
    const catalogue = knownTo(party);
    const side =
      "subscription" in party
        ? {
            ...{ tells: false, wants: party.subscription, catalogue },
            async settled() {
              while (await hear(party, {}));
              return !inbox.standing().isReadAnew;
            },
          }
        : { tells: true, wants: null, catalogue, settled: () => tell(party, {}) };
    const reconciled = await reconcileCopies(
      { ...own, ...side, takenBy, today: () => chinaDay(now()) },
      never,
    );
    return reconciled.ok ? reconciled.value.rows : undefined;
  }

  return { tell, hear, compare };
}
