import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { recordSchema } from "@xinqiao/protocol/record";
import { testRecord } from "@xinqiao/protocol/testing";
import { chinaDay } from "@xinqiao/runtime/calendar";
import fc from "fast-check";
import { lapsesAfterMs } from "./hub-process.ts";
import {
  demands,
  type ItemName,
  itemStates,
  items,
  nodeOf,
  type Reader,
  readers,
  type Source,
  sources,
} from "./members.ts";
import { settle } from "./settle.ts";
import { mishaps } from "./wire.ts";
import type { Trouble, World } from "./world.ts";

/** One thing that happens. */
export interface Act {
  readonly name: string;
  run(world: World): Promise<void>;
  toString(): string;
}

const act = (name: string, about: object, run: Act["run"]): Act => ({
  name,
  run,
  toString: () => `${name} ${JSON.stringify(about)}`,
});

const whose = fc.constantFrom(0, 1) as fc.Arbitrary<0 | 1>;
const whoReads = fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>;
const anybody = fc.constantFrom(...sources, ...readers);
const item = fc.constantFrom(...items);
const slot = fc.constantFrom(1, 2);

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ mishap: fc.constantFrom(...mishaps), seed: fc.nat(60) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kill: fc.record({ who: fc.constantFrom("self", "hub"), steps: fc.nat(40) }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ logFull: true }) },
);

export interface Written {
  readonly item: ItemName;
  readonly slot: number;
  readonly word: number;
  readonly kind: string;
  readonly poison: boolean;
  /** Days until its publication ends, from the day on which it is written: it may be over by then. */
  readonly days: number | null;
}

export const recordId = (item: string, slot: number): string => `${item}:${slot}`;

export function put(world: World, source: Source, { item, slot, word, kind, poison, days }: Written): void {
  // What the city refuses it goes on disclosing as it was, whatever the version that it refuses says of its end.
  const until = days === null || poison ? undefined : chinaDay(world.now() + days * 86_400_000);
  const session = world.agent(source).file.port.imports.start({
    file: "sample.csv",
    sha256: "0".repeat(64),
    item: itemCodeSchema.parse(item),
    startedAt: "2026-01-01T00:00:00Z",
  });
  const { subject } = testRecord();
  session.take([
    recordSchema.parse({
      ...testRecord({ id: recordId(item, slot), item, jurisdiction: source.jurisdiction }),
      subject: { ...subject, kind },
      fields: poison ? {} : { CF_WSH: `示罚${word}号` },
      ...(until !== undefined && { disclosedUntil: until }),
    }),
  ]);
  session.close();
}

const writing = fc
  .record({
    from: whose,
    written: fc.record({
      item,
      slot,
      word: fc.nat(3),
      kind: fc.constantFrom("enterprise", "enterprise", "social-organisation"),
      poison: fc.constantFrom(false, false, false, false, false, true),
      days: fc.constantFrom(null, null, null, -40, -1, 0, 1, 40),
    }),
  })
  .map((about) => act("put", about, async (world) => put(world, sources[about.from], about.written)));

/** A record that is there ends otherwise than it said, whatever else it says: it is delisted, or its publication changed. */
const ending = fc
  .record({ from: whose, item, slot, days: fc.constantFrom(null, -40, -1, 0, 1, 40) })
  .map(({ from, ...about }) =>
    act("end", { from, ...about }, async (world) => {
      const held = world.agent(sources[from]).file.port.own.byId(recordId(about.item, about.slot));
      if (held === undefined) return;
      const kind = held.subject.kind;
      put(world, sources[from], { ...about, word: 0, kind, poison: false });
    }),
  );

const standing = fc
  .record({
    from: whose,
    item,
    slot,
    state: fc.constantFrom("withdrawn", "repaired", "current", "annotated"),
  })
  .map((about) =>
    act("correct", about, async (world) => {
      const { own } = world.agent(sources[about.from]).file.port;
      const made =
        about.state === "annotated"
          ? ({ state: "annotated", annotation: "示例异议" } as const)
          : ({ state: about.state as "withdrawn" | "repaired" | "current" } as const);
      own.correct(recordId(about.item, about.slot), made, "2026-01-02T00:00:00Z");
    }),
  );

const publishing = fc.record({ from: whose, trouble }).map((about) =>
  act("publish", about, async (world) => {
    await world.publish(sources[about.from], about.trouble);
    world.hubProcess.revive();
  }),
);

const reading = fc.record({ by: whoReads, trouble }).map((about) =>
  act("read", about, async (world) => {
    await world.read(readers[about.by], about.trouble);
    world.hubProcess.revive();
  }),
);

const atOnce = fc.record({ trouble, times: fc.nat(2) }).map((about) =>
  act("at once", about, async (world) => {
    await Promise.all([
      ...readers.map((reader: Reader) => world.read(reader, {})),
      ...sources.map((source) => world.publish(source, about.trouble)),
      ...(about.times > 1 ? [world.deliverLate()] : []),
    ]);
    world.hubProcess.revive();
  }),
);

const moments: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 1,
    arbitrary: anybody.map((party) =>
      act("save", { who: nodeOf(party) }, async (world) => world.agent(party).file.save()),
    ),
  },
  { weight: 1, arbitrary: fc.constant(act("save hub", {}, async (world) => world.hubFile.save())) },
  {
    weight: 1,
    arbitrary: anybody.map((party) =>
      act("put back", { who: nodeOf(party) }, async (world) => {
        if (world.agent(party).file.putBack()) world.watch.putBack(nodeOf(party));
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant(act("put back hub", {}, async (world) => world.putBackHub())) },
  {
    weight: 2,
    arbitrary: fc
      .record({ item, state: fc.constantFrom(...itemStates) })
      .map(({ item, state }) =>
        act("publish a catalogue", { item, state }, async (world) => world.setRules({ [item]: state })),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...demands)
      .map((demand) => act("publish a catalogue", { demand }, async (world) => world.setRules({ demand }))),
  },
  {
    weight: 3,
    arbitrary: anybody.map((party) =>
      act("learn", { who: nodeOf(party) }, async (world) => world.learn(party)),
    ),
  },
  {
    weight: 2,
    arbitrary: anybody.map((party) =>
      act("suspend or resume", { who: nodeOf(party) }, async ({ suspended }) => {
        if (!suspended.delete(nodeOf(party))) suspended.add(nodeOf(party));
      }),
    ),
  },
  { weight: 2, arbitrary: fc.constant(act("late", {}, async (world) => world.deliverLate())) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(1, 61, 301, 3601, 90_000)
      .map((seconds) => act("pass", { seconds }, async (world) => world.pass(seconds))),
  },
  {
    weight: 4,
    arbitrary: fc
      .option(fc.nat(40), { nil: undefined })
      .map((steps) => act("a day", { steps }, (world) => world.spendDay(steps))),
  },
  {
    weight: 1,
    arbitrary: fc.nat(5).map((pages) =>
      act("compact", { pages }, async ({ hubFile: { port }, now }) => {
        port.dropReplaced(pages);
        // One that was away so long finds by comparison what it should not have.
        if (port.subscribers().every(({ isLapsed }) => !isLapsed)) {
          port.blankEnded({ today: chinaDay(now()), heardBefore: now() }, pages);
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: whose.map((from) =>
      act("ask again", { from }, async ({ hubFile }) => {
        hubFile.port.askAgain({ source: nodeOf(sources[from]) });
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      act("a month", {}, async (world) => {
        world.pass(lapsesAfterMs / 1000 + 1);
        await world.hubProcess.running().completing.complete();
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ who: anybody, trouble }).map(({ who, trouble: met }) =>
      act("reconcile", { who: nodeOf(who), trouble: met }, async (world) => {
        await world.reconcile(who, met);
        world.hubProcess.revive();
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant(act("settle", {}, settle)) },
);

export const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: writing },
  { weight: 3, arbitrary: standing },
  { weight: 2, arbitrary: ending },
  { weight: 6, arbitrary: publishing },
  { weight: 7, arbitrary: reading },
  { weight: 2, arbitrary: atOnce },
  { weight: 6, arbitrary: moments },
);
