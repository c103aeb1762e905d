import { type NodeId, nodeIdSchema, type SubjectKind } from "@xinqiao/protocol/identity";
import { pageHeadSchema, type Subscription, subscriptionSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Hub, KeptLine, KeptPage } from "../../sharing/index.ts";
import type { MemberSets } from "./sharing-member-sets.ts";
import { placesOf } from "./sharing-places.ts";
import type { Readers } from "./sharing-readers.ts";

const pageSchema = z.object({
  position: z.number(),
  source: nodeIdSchema,
  head: z.string(),
  from: pageHeadSchema.shape.from,
  last: z.number(),
});

/** As it was taken: looked at when it was, and not again for every reader. */
interface LineRow extends Omit<KeptLine, "subject" | "places" | "given" | "isGone"> {
  readonly seq: number;
  readonly kind: SubjectKind;
  readonly moved: number;
  readonly places: string | null;
  readonly gone: number;
  readonly given: string | null;
}

const subscriberSchema = z.object({
  node: nodeIdSchema,
  subscription: z.string(),
  lapsed: z.number(),
});

/** Most pages that are looked at for one reader. */
const mostPages = 64;

/** How subscribers read. */
export function createHubReading(
  database: Database,
  { readers, sets }: { readonly readers: Readers; readonly sets: MemberSets },
): Pick<
  Hub,
  "newest" | "behind" | "areUncorrected" | "subscribers" | "isReading" | "handed" | "has" | "isAt"
> {
  const newest = database.prepare<[], number>("SELECT coalesce(max(position), 0) FROM page").pluck();
  const pages = database.prepare(
    `SELECT position, source, head, from_seq AS "from", last FROM page INDEXED BY page_kept
     WHERE position > ? AND head <> '' ORDER BY position LIMIT ?`,
  );
  const lines = database.prepare<[number], LineRow>(
    `SELECT seq, item, jurisdiction, kind, line, moved, places, until, gone, given, given_until AS "givenUntil"
     FROM change WHERE position = ? ORDER BY seq`,
  );
  const count = database
    .prepare<[string], number>(
      "SELECT count(*) FROM change WHERE position IN (SELECT value FROM json_each(?))",
    )
    .pluck();
  const wants = createKnownSubscriptions();
  const subscribers = database.prepare("SELECT node, subscription, lapsed FROM subscriber");
  const hand = database.prepare(
    `INSERT INTO subscriber (node, position, subscription, at) VALUES (@node, @position, @subscription, @at)
     ON CONFLICT (node) DO UPDATE SET position = max(position, excluded.position),
       subscription = excluded.subscription, at = excluded.at`,
  );
  const at = database.prepare<[number, string | null], object>(
    "SELECT 1 FROM page WHERE position = ? AND hash = ?",
  );
  const has = database.prepare<[string, string, number, string], object>(
    "SELECT 1 FROM page WHERE source = ? AND feed = ? AND last = ? AND hash = ?",
  );

  function linesOf({ position, from, last }: z.infer<typeof pageSchema>): readonly (KeptLine | undefined)[] {
    const all = new Map(
      lines.all(position).map((row) => {
        const { seq, kind, moved, places, gone, given, ...line } = row;
        const before = { places: placesOf({ moved, places }), given: sets.nodes(given) };
        return [seq, { ...line, ...before, subject: { kind }, isGone: gone === 1 }];
      }),
    );
    return Array.from({ length: last - from + 1 }, (_, at) => all.get(from + at));
  }

  const behind = database.transaction((position: number, bytes: number): readonly KeptPage[] => {
    const found: KeptPage[] = [];
    let room = bytes;
    for (const row of pages.all(position, mostPages)) {
      const page = pageSchema.parse(row);
      const kept = { position: page.position, source: page.source, head: page.head, lines: linesOf(page) };
      room -= kept.head.length + kept.lines.reduce((sum, line) => sum + (line?.line?.length ?? 0), 0);
      if (room < 0 && found.length > 0) break;
      found.push(kept);
    }
    return found;
  });

  return {
    newest: () => newest.get() ?? 0,
    behind: (position, bytes) => behind(position, bytes),
    areUncorrected: (kept) =>
      count.get(JSON.stringify(kept.map(({ position }) => position))) ===
      kept.flatMap((page) => page.lines.filter((line) => line !== undefined)).length,
    subscribers: () =>
      subscribers.all().map((row) => {
        const { subscription, lapsed, ...subscriber } = subscriberSchema.parse(row);
        return { ...subscriber, subscription: wants(subscriber.node, subscription), isLapsed: lapsed === 1 };
      }),
    ...readers.port,
    handed({ subscription, ...subscriber }, { after, scope }, at) {
      hand.run({ ...subscriber, subscription: JSON.stringify(subscription), at });
      readers.handed({ node: subscriber.node, after, scope }, subscriber.position);
    },
    isAt: (position, head) => position === 0 || at.get(position, head) !== undefined,
    has: (source, { feed, upTo, head }) => has.get(source, feed, upTo, head) !== undefined,
  };
}

/** A subscription is a list of hundreds of items, and the same for months: it is read again only once it says something else. */
function createKnownSubscriptions(): (node: NodeId, text: string) => Subscription {
  const known = new Map<NodeId, { readonly text: string; readonly subscription: Subscription }>();
  return (node, text) => {
    const held = known.get(node);
    if (held?.text === text) return held.subscription;
    const subscription = subscriptionSchema.parse(JSON.parse(text));
    known.set(node, { text, subscription });
    return subscription;
  };
}
