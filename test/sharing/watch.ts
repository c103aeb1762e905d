import type { OpenedHub } from "@xinqiao/gateway";
import type { Inbox } from "@xinqiao/node-agent/sharing";
import type { NodeId } from "@xinqiao/protocol/identity";
import { payloadOf, readCompact } from "@xinqiao/protocol/jws";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Directory } from "@xinqiao/protocol/registry";
import {
  changeSchema,
  type Delivery,
  headHash,
  openCompletion,
  pageHeadSchema,
  type ReadRequest,
  receiptSchema,
  unpackPage,
} from "@xinqiao/protocol/sync";
import { z } from "zod";
import type { Party } from "../constellation/party.ts";
import { hub as city, items, maySee, nodeOf, type Reader, type Rules, readers, sources } from "./members.ts";
import type { StoreFile } from "./store-file.ts";

interface Watched {
  readonly hub: StoreFile<OpenedHub>;
  readonly agent: (party: Party) => { readonly file: Pick<StoreFile<unknown>, "rows"> };
  readonly rules: () => Rules;
  readonly known: (node: NodeId) => Rules;
  readonly suspended: ReadonlySet<NodeId>;
  readonly directory: () => Directory;
}

/** Something that must not be. */
export class Broken extends Error {}

const copySchema = z.object({
  source: z.string(),
  record: z.string(),
  feed: z.string(),
  content: z.string(),
});
const placesSchema = z.array(z.object({ source: z.string(), feed: z.string(), up_to: z.number() }));
const heldSchema = z.object({ version: z.number(), feed: z.string() });
const itemSchema = z.enum(items);
const pageRowSchema = z.object({
  source: z.string(),
  feed: z.string(),
  from_seq: z.number(),
  last: z.number(),
  head: z.string(),
});

/** Sees what goes over the wire and into the stores, and says when it is not what it must be. */
export function createWatch({ hub, agent, rules, known, suspended, directory }: Watched) {
  let order = 0;
  const eras = new Map<string, number>();
  const takes: {
    readonly order: number;
    readonly source: string;
    readonly record: string;
    readonly holders?: readonly string[] | undefined;
  }[] = [];
  const openedFor = new Map<string, readonly string[]>();
  const durable = new Map<string, number>();
  const unsure = new Set<NodeId>();
  const highest = new Map<string, number>();
  const seen: Delivery["pages"][number][] = [];
  const era = (who: string) => eras.get(who) ?? 0;
  const must = (condition: boolean, what: string): void => {
    if (!condition) throw new Broken(what);
  };
  const copies = (reader: Party) =>
    agent(reader)
      .file.rows("SELECT source, record, feed, content FROM copy ORDER BY source, record")
      .map((row) => copySchema.parse(row));

  function checkLine(reader: Reader, source: NodeId, record: CreditRecord, asked: number) {
    const item = itemSchema.parse(record.item);
    const what = `${record.id} of ${source} version ${record.version} to ${nodeOf(reader)}`;
    must(maySee(reader, item, rules()), `shown to who may not see it: ${what}`);
    must(!suspended.has(nodeOf(reader)), `shown to one suspended: ${what}`);
    const [row] = hub.rows(
      "SELECT version, feed FROM held WHERE source = ? AND record = ?",
      source,
      record.id,
    );
    const held = heldSchema.optional().parse(row);
    if (held?.version === record.version) return;
    const since = takes.filter(
      (take) => take.order > asked && take.source === source && take.record === record.id,
    );
    must(since.length > 0, `an older version is delivered again: ${what}, the hub holds ${held?.version}`);
    const named = since.some(({ holders }) => holders?.includes(nodeOf(reader)) === true);
    must(named, `delivered on the way of its correction, and not waited for: ${what}`);
  }

  /** Whoever has another version of it in its store when a new one is taken has to be waited for. */
  function checkNamed(
    source: NodeId,
    { id, item, version, state }: CreditRecord,
    holders: readonly string[],
  ) {
    for (const reader of readers) {
      const node = nodeOf(reader);
      const copy = copies(reader).find((each) => each.source === source && each.record === id);
      if (copy === undefined || suspended.has(node) || unsure.has(node)) continue;
      const code = itemSchema.parse(item);
      if (!maySee(reader, code, rules()) || !maySee(reader, code, known(node))) continue;
      const before = z.object({ version: z.number(), state: z.string() }).parse(JSON.parse(copy.content));
      if (before.version === version && before.state === state) continue;
      must(
        holders.includes(node),
        `${node} holds version ${before.version} of ${id} of ${source}, and ${version} does not wait for it`,
      );
    }
  }

  return {
    clock: () => order,
    pagesSeen: () => seen,
    must,
    copies,
    putBack(who: string) {
      eras.set(who, era(who) + 1);
    },
    hubPutBack() {
      eras.set("hub", era("hub") + 1);
      for (const reader of readers) unsure.add(nodeOf(reader));
    },
    hub(port: OpenedHub): OpenedHub {
      return {
        ...port,
        take(page) {
          const opened = port.take(page);
          order += 1;
          const bySeq = new Map(opened.map((correction) => [correction.seq, correction]));
          for (const { seq, record } of page.changes.map(({ change }) => change)) {
            const holders = bySeq.get(seq)?.holders;
            takes.push({ order, source: page.source, record: record.id, holders });
            checkNamed(page.source, record, holders ?? []);
          }
          for (const { source, feed, seq, holders } of opened)
            openedFor.set(`${source} ${feed} ${seq}`, holders);
          return opened;
        },
        complete(id, statement, at) {
          const said = openCompletion(statement, nodeOf(city), directory());
          must(said !== undefined, "a statement that does not verify");
          if (said === undefined) return;
          const waited = openedFor.get(`${said.source} ${said.feed} ${said.seq}`);
          const gone = "gone" in said && Array.isArray(said.gone) ? said.gone : [];
          const named = [...said.holders.map(({ node }) => node), ...gone].sort();
          must(
            JSON.stringify(named) === JSON.stringify([...(waited ?? [])].sort()),
            `it names ${named.join()} and waited for ${waited?.join()}`,
          );
          must(
            gone.every((node) => suspended.has(node)),
            "one that is there is said to be gone",
          );
          port.complete(id, statement, at);
        },
      };
    },
    inbox(reader: Reader, port: Inbox): Inbox {
      return {
        ...port,
        durable() {
          const places = placesSchema.parse(
            agent(reader).file.rows("SELECT source, feed, up_to FROM followed"),
          );
          for (const { source, feed, up_to: upTo } of places) {
            const key = `${nodeOf(reader)} ${source} ${feed}`;
            durable.set(key, Math.max(durable.get(key) ?? 0, upTo));
          }
          return Promise.resolve();
        },
      };
    },
    asked(reader: NodeId, { receipts }: ReadRequest) {
      for (const text of receipts) {
        const jws = readCompact(text, "xinqiao-receipt+jws");
        const { source, feed, upTo } = receiptSchema.parse(jws && payloadOf(jws));
        must(
          (durable.get(`${reader} ${source} ${feed}`) ?? 0) >= upTo,
          `${reader} receipts what is not on its disk`,
        );
      }
    },
    delivered(node: NodeId, { pages, position, newest }: Delivery, asked: number) {
      const reader = readers.find((each) => nodeOf(each) === node);
      if (reader === undefined) throw new Broken(`${node} reads`);
      if (position === newest) unsure.delete(node);
      for (const page of pages) {
        if (seen.length < 200) seen.push(page);
        for (const line of unpackPage(page)?.lines ?? []) {
          if (line !== null)
            checkLine(reader, page.source, changeSchema.parse(JSON.parse(line)).record, asked);
        }
      }
    },
    /** What must hold at any moment. */
    check() {
      for (const { source, feed, rows } of feedsOf(
        hub.rows("SELECT source, feed, from_seq, last, head FROM page ORDER BY position"),
      )) {
        let [last, prev]: [number, string | null] = [0, null];
        for (const row of rows) {
          const jws = readCompact(row.head, "xinqiao-page+jws");
          const head = pageHeadSchema.parse(jws && payloadOf(jws));
          must(
            row.from_seq === last + 1 && head.prev === prev,
            `the feed ${feed} of ${source} is no chain at ${row.from_seq}`,
          );
          [last, prev] = [row.last, headHash(row.head)];
        }
      }
      for (const reader of readers) {
        for (const { source, record, feed, content } of copies(reader)) {
          const key = [
            nodeOf(reader),
            era(nodeOf(reader)),
            source,
            era(source),
            era("hub"),
            record,
            feed,
          ].join(" ");
          const { version } = z.object({ version: z.number() }).parse(JSON.parse(content));
          must(
            version >= (highest.get(key) ?? 0),
            `${record} of ${source} goes back to ${version} at ${nodeOf(reader)}`,
          );
          highest.set(key, version);
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

export type Watch = ReturnType<typeof createWatch>;
export const sourceNodes = sources.map(nodeOf);
