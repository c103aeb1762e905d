import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import { boundsOf, intervalSchema, sides, whatSchema } from "@xinqiao/protocol/reconciliation";
import type { Durable } from "@xinqiao/runtime/durable";
import { type Database, SqliteError } from "better-sqlite3";
import { z } from "zod";
import type { Book, BookLine } from "../book/index.ts";
import type { ReconciledHours } from "../reconciliation/index.ts";

const rowSchema = z
  .object({
    side: z.enum(sides),
    exchange: z.string(),
    at: z.number(),
    requester: nodeIdSchema,
    purpose: z.string(),
    status: z.union([whatSchema.shape.status, z.literal("unanswered")]),
    digest: z.string().nullable(),
    intent: z.number().nullable(),
    entry: z.number().nullable(),
    size: z.number().nullable(),
    root: z.string().nullable(),
  })
  .transform(({ intent, entry, size, root, ...line }): BookLine => {
    const known = entry !== null && size !== null && root !== null;
    return { ...line, place: known ? { ...(intent !== null && { intent }), entry, size, root } : null };
  });

/** SQLite's refusal becomes a fault: without its line nothing is handed over. */
function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    throw new FaultError(fault("book.unavailable", error.code), { cause: error });
  }
}

const columns = "side, exchange, at, requester, purpose, status, digest, intent, entry, size, root";

/** The member's book, in its own store. */
export function createBook(database: Database, durable: Durable): Book {
  const insert = database.prepare(
    `INSERT INTO book (${columns}) VALUES (@side, @exchange, @at, @requester, @purpose, @status, @digest,
     @intent, @entry, @size, @root)`,
  );
  const update = database.prepare(
    `UPDATE book SET status = @status, digest = @digest, intent = @intent, entry = @entry, size = @size,
     root = @root WHERE id = @id`,
  );
  const hour = database.prepare(`SELECT ${columns} FROM book WHERE at >= ? AND at < ? ORDER BY at, id`);
  const begun = database.prepare<[], number>("SELECT at FROM book_begun").pluck();
  const forget = database.prepare(
    "DELETE FROM book WHERE id IN (SELECT id FROM book WHERE at < ? ORDER BY at LIMIT ?)",
  );
  const begin = database.prepare("INSERT OR IGNORE INTO book_begun (one, at) VALUES (1, ?)");
  const write = ({ place, ...line }: BookLine) =>
    attempt(() => insert.run({ ...line, ...placeColumns(place) }));
  return {
    asking(line) {
      const id = write({
        ...line,
        side: "asked",
        status: "unanswered",
        digest: null,
        place: null,
      }).lastInsertRowid;
      return {
        told({ status, digest, place }) {
          attempt(() => update.run({ id, status, digest, ...placeColumns(place) }));
        },
      };
    },
    answered: (line) => void write({ ...line, side: "answered" }),
    durable: durable.reached,
    lines(interval) {
      const { from, to } = boundsOf(interval);
      return hour.all(from / 1000, to / 1000).map((row) => rowSchema.parse(row));
    },
    // The second that is under way may have had exchanges before there was a book.
    begin: (now) => void begin.run(Math.floor(now / 1000) + 1),
    begun: () => begun.get(),
    forget: (before, limit) => forget.run(before, limit).changes,
  };
}

function placeColumns(place: BookLine["place"]) {
  const { intent = null, entry = null, size = null, root = null } = place ?? {};
  return { intent, entry, size, root };
}

const hourSchema = z.object({
  interval: intervalSchema,
  at: z.number(),
  differences: z.number(),
  explained: z.number(),
  statement: z.string(),
  report: z.string(),
  detail: z.string(),
});

export function createReconciledHours(database: Database): ReconciledHours {
  const keep = database.prepare(
    `INSERT INTO reconciled (interval, at, differences, explained, statement, report, detail)
     VALUES (@interval, @at, @differences, @explained, @statement, @report, @detail)`,
  );
  const until = database.prepare<[], string>("SELECT interval FROM reconciled_until").pluck();
  const moveTo = database.prepare(
    `INSERT INTO reconciled_until (one, interval) VALUES (1, ?)
     ON CONFLICT DO UPDATE SET interval = max(interval, excluded.interval)`,
  );
  const newest = database.prepare("SELECT * FROM reconciled ORDER BY interval DESC, id DESC LIMIT 1");
  const between = database.prepare(
    "SELECT * FROM reconciled WHERE interval >= ? AND interval <= ? ORDER BY interval, id",
  );
  return {
    keep: (hour) => void keep.run(hour),
    until: () => intervalSchema.optional().parse(until.get()),
    caughtUpTo: (interval) => void moveTo.run(interval),
    newest: () => hourSchema.optional().parse(newest.get()),
    between: (from, to) => between.all(from, to).map((row) => hourSchema.parse(row)),
  };
}
