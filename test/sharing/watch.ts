import type { OpenedHub } from "@xinqiao/gateway";
import type { Subscriber } from "@xinqiao/gateway/sharing";
import type { Inbox } from "@xinqiao/node-agent/sharing";
import type { NodeId } from "@xinqiao/protocol/identity";
import { payloadOf, readCompact } from "@xinqiao/protocol/jws";
import { type CreditRecord, isDisclosable, isGone, recordSchema } from "@xinqiao/protocol/record";
import type { Directory } from "@xinqiao/protocol/registry";
import {
  type Change,
  type Completion,
  type Correction,
  changeSchema,
  correctionSchema,
  type Delivery,
  headHash,
  openCompletion,
  pageHeadSchema,
  type ReadRequest,
  receiptSchema,
  unpackPage,
} from "@xinqiao/protocol/sync";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { z } from "zod";
import type { Party } from "../constellation/party.ts";
import { hub as city, items, maySee, nodeOf, type Reader, type Rules, readers, wants } from "./members.ts";
import { Broken, must } from "./must.ts";
import type { StoreFile } from "./store-file.ts";
import { watchTime } from "./watch-time.ts";

interface Watched {
  readonly hub: StoreFile<OpenedHub>;
  readonly agent: (party: Party) => { readonly file: Pick<StoreFile<unknown>, "rows"> };
  readonly rules: () => Rules;
  readonly known: (node: NodeId) => Rules;
  readonly suspended: ReadonlySet<NodeId>;
  readonly directory: () => Directory;
  readonly now: () => number;
}

const copySchema = z.object({
  source: z.string(),
  record: z.string(),
  feed: z.string(),
  content: z.string(),
});
const placesSchema = z.array(z.object({ source: z.string(), feed: z.string(), up_to: z.number() }));
const heldSchema = z.object({ version: z.number() });
const versionSchema = z.object({
  version: z.number(),
  state: recordSchema.shape.state,
  disclosedUntil: recordSchema.shape.disclosedUntil,
});
const contentSchema = z.object({ content: z.string().nullable() });
const nodeSchema = z.object({ node: z.string() });
const lineSchema = z.object({ source: z.string(), line: z.string() });
const itemSchema = z.enum(items);
const pageRowSchema = z.object({
  source: z.string(),
  feed: z.string(),
  from_seq: z.number(),
  last: z.number(),
  head: z.string(),
});

interface OpenedNote {
  readonly holders: readonly string[];
  readonly record: string;
  readonly version: number;
}

/** What was seen so far. */
function createNotes({ agent }: Watched) {
  const eras = new Map<string, number>();
  return {
    order: 0,
    takes: [] as { readonly order: number; readonly key: string; readonly holders: readonly string[] }[],
    opened: new Map<string, OpenedNote>(),
    /** Which of the hub's lives a line was handed out in: one that was put back knows nothing of what it had done since. */
    handed: new Map<string, number>(),
    seen: [] as Delivery["pages"][number][],
    /** With which version a record was repaired or withdrawn, as the hub has taken it in this life of its. */
    gone: new Map<string, number>(),
    /** What was handed to whom while it was disclosed, in whichever of the hub's lives, whether it arrived or not. */
    given: new Set<string>(),
    /** Without whom a record's corrections were completed, in whichever of the hub's lives. */
    saidGone: new Map<string, readonly string[]>(),
    /** Readers that were not waited for, at some time. */
    lapsed: new Set<string>(),
    era: (who: string) => eras.get(who) ?? 0,
    nextEra: (who: string) => void eras.set(who, (eras.get(who) ?? 0) + 1),
    copies: (reader: Party) =>
      agent(reader)
        .file.rows("SELECT source, record, feed, content FROM copy ORDER BY source, record")
        .map((row) => {
          const { content, ...copy } = copySchema.parse(row);
          return { ...copy, content, ...versionSchema.parse(JSON.parse(content)) };
        }),
  };
}

type Notes = ReturnType<typeof createNotes>;

/** Sees what goes over the wire and into the stores, and says when it is not what it must be. */
export function createWatch(watched: Watched) {
  const notes = createNotes(watched);
  const { copies } = notes;
  const highest = new Map<string, number>();
  const checkCopies = () => {
    for (const reader of readers) {
      for (const { source, record, feed, version } of copies(reader)) {
        const eras = [nodeOf(reader), source, "hub"].map((who) => `${who}:${notes.era(who)}`);
        const key = [...eras, record, feed].join(" ");
        const what = `${record} of ${source} goes back to ${version} at ${nodeOf(reader)}`;
        must(version >= (highest.get(key) ?? 0), what);
        highest.set(key, version);
      }
    }
  };
  return {
    clock: () => notes.order,
    pagesSeen: () => notes.seen,
    copies,
    putBack: notes.nextEra,
    hubPutBack: () => notes.nextEra("hub"),
    wasHubPutBack: () => notes.era("hub") > 0,
    hub: (port: OpenedHub) => watchHub(watched, notes)(watchTime(watched, port)),
    ...watchReaders(watched, notes),
    /** What must hold at any moment. */
    check() {
      checkChains(watched.hub);
      checkCopies();
    },
  };
}

function checkChains(hub: Watched["hub"]): void {
  const all = hub.rows("SELECT source, feed, from_seq, last, head FROM page ORDER BY position");
  for (const { source, feed, rows } of feedsOf(all)) {
    // Of one that was replaced whole the heads are dropped.
    if (rows.some(({ head }) => head === "")) {
      const [row] = hub.rows(
        "SELECT 1 FROM source WHERE node = ? AND feed <> ? AND whole = feed",
        source,
        feed,
      );
      must(row !== undefined, `the feed ${feed} of ${source} counts, and pages of it are dropped`);
      continue;
    }
    let [last, prev]: [number, string | null] = [0, null];
    for (const row of rows) {
      const jws = readCompact(row.head, "xinqiao-page+jws");
      const head = pageHeadSchema.parse(jws && payloadOf(jws));
      const goesOn = row.from_seq === last + 1 && head.prev === prev;
      must(goesOn, `the feed ${feed} of ${source} is no chain at ${row.from_seq}`);
      [last, prev] = [row.last, headHash(row.head)];
    }
  }
}

/** What is told again in another feed opens no correction: those that were open are due with it. */
function waitedFor(
  { hub }: Watched,
  source: NodeId,
  feed: string,
  { seq, record }: Pick<Change, "seq" | "record">,
): readonly string[] {
  const rows = hub.rows(
    `SELECT node FROM correction_holder JOIN correction ON correction = id WHERE receipt IS NULL AND source = ? AND record = ?
       AND completed_at IS NULL AND due_feed = ? AND due_seq = ?`,
    source,
    record.id,
    feed,
    seq,
  );
  return rows.map((row) => nodeSchema.parse(row).node);
}

/** By what two tellings of one version are known. */
function heldOf({ hub }: Watched, source: NodeId, id: string): string | null {
  const [row] = hub.rows("SELECT content FROM held WHERE source = ? AND record = ?", source, id);
  return contentSchema.optional().parse(row)?.content ?? null;
}

/** Whoever has another version of it in its store when a new one is taken has to be waited for. */
function checkNamed(
  source: NodeId,
  { id, item, version, state }: CreditRecord,
  holders: readonly string[],
  { rules, known, suspended, now }: Watched,
  { handed, era, copies }: Notes,
): void {
  const code = itemSchema.parse(item);
  for (const reader of readers) {
    const node = nodeOf(reader);
    const copy = copies(reader).find((each) => each.source === source && each.record === id);
    if (copy === undefined || suspended.has(node)) continue;
    if (handed.get(`${node} ${source} ${id}`) !== era("hub")) continue;
    if (!maySee(reader, code, rules()) || !maySee(reader, code, known(node))) continue;
    if (copy.version === version && copy.state === state) continue;
    // It drops that by itself, if it has not yet; and what is gone is the bare fact.
    const { disclosedUntil = null } = copy;
    if (disclosedUntil !== null && disclosedUntil < chinaDay(now())) continue;
    const what = `${node} holds version ${copy.version} of ${id} of ${source}, and ${version} does not wait for it`;
    must(holders.includes(node), what);
  }
}

/** What the city knows as repaired or withdrawn is current again by a higher version alone, whoever was put back. */
function checkGone(source: NodeId, record: CreditRecord, { gone, era }: Notes): void {
  const { id, version } = record;
  const key = `${source} ${id} ${era("hub")}`;
  const before = gone.get(key) ?? 0;
  if (isGone(record)) gone.set(key, Math.max(before, version));
  else
    must(
      version > before,
      `${id} of ${source} is current again with ${version}, and was gone with ${before}`,
    );
}

const keyOf = ({ source, feed, seq, effect }: Pick<Correction, "source" | "feed" | "seq" | "effect">) =>
  `${source} ${feed} ${seq} ${effect}`;

const sweptSchema = z.object({
  ...correctionSchema.omit({ change: true, openedAt: true, dueOn: true }).shape,
  record: z.string(),
  holders: z.string(),
});

/** What a whole feed has not named: no version of the feed before may be left with who was given it. */
function noteSwept({ hub }: Watched, { opened }: Notes): void {
  const rows = hub.rows(
    `SELECT source, feed, seq, effect, record, group_concat(node) AS holders
     FROM correction JOIN correction_holder ON correction = id WHERE NOT announced AND feed <> due_feed GROUP BY id`,
  );
  for (const row of rows) {
    const { record, holders, ...swept } = sweptSchema.parse(row);
    const key = keyOf(swept);
    if (!opened.has(key))
      opened.set(key, { holders: holders.split(","), record, version: Number.POSITIVE_INFINITY });
  }
}

/** What is being handed out: it may arrive or not, and may be corrected on its way. */
function noteGiven({ node, position }: Subscriber, after: number, watched: Watched, { given }: Notes): void {
  const { hub, rules, now } = watched;
  const reader = readers.find((each) => nodeOf(each) === node);
  if (reader === undefined) return;
  const rows = hub.rows(
    "SELECT source, line FROM change JOIN page USING (position) WHERE position > ? AND position <= ? AND line IS NOT NULL",
    after,
    position,
  );
  for (const row of rows) {
    const { source, line } = lineSchema.parse(row);
    const { record } = changeSchema.parse(JSON.parse(line));
    const isShown =
      isDisclosable(record, chinaDay(now())) && maySee(reader, itemSchema.parse(record.item), rules());
    if (isShown && wants(reader, record)) given.add(`${node} ${source} ${record.id}`);
  }
}

function watchHub(watched: Watched, notes: Notes) {
  const { directory, suspended } = watched;

  function checkStatement(said: Completion): void {
    const opened = notes.opened.get(keyOf(said));
    const acknowledged = said.holders.map(({ node }) => node);
    const named = [...acknowledged, ...said.gone].sort().join();
    const waited = [...(opened?.holders ?? [])].sort().join();
    must(named === waited, `it names ${named} and waited for ${waited}`);
    const about = `${said.source} ${opened?.record}`;
    notes.saidGone.set(about, [...(notes.saidGone.get(about) ?? []), ...said.gone]);
    must(
      said.gone.every((node) => suspended.has(node) || notes.lapsed.has(node)),
      "one that is there is said to be gone",
    );
    for (const reader of readers.filter((each) => acknowledged.includes(nodeOf(each)))) {
      // One whose own store was put back since has to read once more.
      if (opened === undefined || notes.era(nodeOf(reader)) > 0) continue;
      const older = notes
        .copies(reader)
        .filter(
          ({ source, record, feed }) =>
            source === said.source && record === opened.record && feed === said.feed,
        )
        .some(({ version }) => version < opened.version);
      must(
        !older,
        `complete, and ${nodeOf(reader)} holds an older version than ${opened.version} of ${opened.record}`,
      );
    }
  }

  return (port: OpenedHub): OpenedHub => ({
    ...port,
    take(page) {
      const { source } = page;
      const before = new Map(
        page.changes.map(({ change: { record } }) => [record.id, heldOf(watched, source, record.id)]),
      );
      const corrections = port.take(page);
      notes.order += 1;
      for (const { seq, record } of page.changes.map(({ change }) => change)) {
        const correction = corrections.find((each) => each.seq === seq);
        const holders = correction?.holders ?? [];
        const { id, version } = record;
        notes.takes.push({ order: notes.order, key: `${source} ${id}`, holders });
        if (correction) notes.opened.set(keyOf(correction), { holders, record: id, version });
        const isAgain = heldOf(watched, source, id) === before.get(id);
        // Of one that is told again whoever was said to be gone is so yet, also when that statement is kept no more.
        const excused = (isAgain && notes.saidGone.get(`${source} ${id}`)) || [];
        const waited = waitedFor(watched, source, page.page.feed, { seq, record });
        checkNamed(source, record, [...holders, ...waited, ...excused], watched, notes);
        checkGone(source, record, notes);
      }
      noteSwept(watched, notes);
      return corrections;
    },
    handed(subscriber, reading, at) {
      noteGiven(subscriber, reading.after, watched, notes);
      port.handed(subscriber, reading, at);
    },
    setLapsed(absent) {
      notes.lapsed.add(absent.node);
      port.setLapsed(absent);
    },
    keepStatement(id, statement) {
      const said = openCompletion(statement, nodeOf(city), directory());
      if (said === undefined) throw new Broken("a statement that does not verify");
      checkStatement(said);
      port.keepStatement(id, statement);
    },
  });
}

function watchReaders({ agent, hub, rules, suspended, now }: Watched, notes: Notes) {
  const durable = new Map<string, number>();

  /** Nobody is told what became of a record that it was never given. */
  function checkGiven(reader: Reader, source: NodeId, record: CreditRecord): void {
    const key = `${nodeOf(reader)} ${source} ${record.id}`;
    if (isDisclosable(record, chinaDay(now())) && wants(reader, record)) return;
    const what = `${record.id} of ${source} version ${record.version} (${record.state}) to ${nodeOf(reader)}`;
    must(notes.given.has(key), `told of what it was never given: ${what}`);
  }

  function checkLine(reader: Reader, source: NodeId, record: CreditRecord, asked: number): void {
    const node = nodeOf(reader);
    const what = `${record.id} of ${source} version ${record.version} to ${node}`;
    must(maySee(reader, itemSchema.parse(record.item), rules()), `shown to who may not see it: ${what}`);
    must(!suspended.has(node), `shown to one suspended: ${what}`);
    const [row] = hub.rows("SELECT version FROM held WHERE source = ? AND record = ?", source, record.id);
    const held = heldSchema.optional().parse(row);
    if (held?.version === record.version) return;
    const since = notes.takes.filter(({ order, key }) => order > asked && key === `${source} ${record.id}`);
    must(since.length > 0, `an older version is delivered again: ${what}, the hub holds ${held?.version}`);
    const named = since.some(({ holders }) => holders.includes(node));
    must(named, `delivered on the way of its correction, and not waited for: ${what}`);
  }

  return {
    inbox: (reader: Reader, port: Inbox): Inbox => ({
      ...port,
      durable() {
        const rows = agent(reader).file.rows("SELECT source, feed, up_to FROM followed");
        for (const { source, feed, up_to: upTo } of placesSchema.parse(rows)) {
          const key = `${nodeOf(reader)} ${source} ${feed}`;
          durable.set(key, Math.max(durable.get(key) ?? 0, upTo));
        }
        return Promise.resolve();
      },
    }),
    asked(reader: NodeId, { receipts }: ReadRequest) {
      for (const text of receipts) {
        const jws = readCompact(text, "xinqiao-receipt+jws");
        const { source, feed, upTo } = receiptSchema.parse(jws && payloadOf(jws));
        const onDisk = durable.get(`${reader} ${source} ${feed}`) ?? 0;
        must(onDisk >= upTo, `${reader} receipts what is not on its disk`);
      }
    },
    delivered(node: NodeId, { pages }: Delivery, asked: number) {
      const reader = readers.find((each) => nodeOf(each) === node);
      if (reader === undefined) throw new Broken(`${node} reads`);
      for (const page of pages) {
        const lines = unpackPage(page)?.lines ?? [];
        // One with lines withheld from another reader would be a hub that keeps something back: that nobody can tell.
        if (notes.seen.length < 200 && !lines.includes(null)) notes.seen.push(page);
        for (const line of lines.filter((each) => each !== null)) {
          const { record } = changeSchema.parse(JSON.parse(line));
          checkLine(reader, page.source, record, asked);
          checkGiven(reader, page.source, record);
          notes.handed.set(`${node} ${page.source} ${record.id}`, notes.era("hub"));
        }
      }
    },
  };
}

function feedsOf(all: readonly unknown[]) {
  const feeds = new Map<string, z.infer<typeof pageRowSchema>[]>();
  for (const each of all) {
    const row = pageRowSchema.parse(each);
    const key = `${row.source} ${row.feed}`;
    feeds.set(key, [...(feeds.get(key) ?? []), row]);
  }
  return [...feeds].map(([key, rows]) => {
    const [source = "", feed = ""] = key.split(" ");
    return { source, feed, rows };
  });
}
