import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { dayBegin, type FactFloors, type HourFacts, hourMs, type Volume } from "../../../alerts/index.ts";
import type { Database } from "../database.ts";
import { openNames } from "./names.ts";

const shown = 100;
const weekHours = 7 * 24;

/** Reads what use there was in one hour, and in its day so far. */
export function createFactReader(database: Database): (from: number, floors: FactFloors) => HourFacts {
  const read = prepare(database);
  const { text } = openNames(database);
  const memberOf = (number: number) => nodeIdSchema.parse(text(number));

  function volume(member: number, lookups: number, from: number, weeks: number): Volume {
    const hour = from / hourMs;
    const first = read.firstHour.get(member) ?? hour;
    const past: number[] = [];
    for (let week = 1; week <= weeks && hour - week * weekHours >= first; week += 1) {
      past.push(read.lookups.get(member, hour - week * weekHours) ?? 0);
    }
    const entries = read.ofMember.all(member, from, from + hourMs);
    return { member: memberOf(member), lookups, past, entries };
  }

  return (from, { weeks, subjects, members }) => {
    const to = from + hourMs;
    const day = dayBegin(from);
    return {
      ...{ from, to, day },
      volumes: read.active
        .all(from / hourMs)
        .map(({ member, lookups }) => volume(member, lookups, from, weeks)),
      breadths: read.breadths.all(day, to, subjects).map(({ member, purpose, subjects: count }) => ({
        member: memberOf(member),
        purpose: text(purpose) ?? "",
        subjects: count,
        entries: read.ofPurpose.all(member, purpose, day, to),
      })),
      interests: read.interests.all(day, to, members).map(({ tag, members: count }) => ({
        tag: tag.toString("hex"),
        members: count,
        entries: read.ofTag.all(tag, day, to),
      })),
      firstUses: read.firstUses.all(from, to).map(({ member, purpose, line }) => ({
        member: memberOf(member),
        purpose: text(purpose) ?? "",
        since: read.since.get(member) ?? from,
        entries: [line],
      })),
    };
  };
}

function prepare(database: Database) {
  const indexes = <Values extends unknown[]>(index: string, where: string) =>
    database
      .prepare<Values, number>(
        `SELECT idx FROM line INDEXED BY ${index} WHERE ${where} AND at >= ? AND at < ? ORDER BY at, idx LIMIT ${shown}`,
      )
      .pluck();
  return {
    active: database.prepare<[number], { member: number; lookups: number }>(
      `SELECT member, sum(lines) AS lookups FROM tally
       WHERE hour = ? AND member > 0 AND purpose > 0 GROUP BY member HAVING lookups > 0`,
    ),
    firstHour: database.prepare<[number], number>("SELECT min(hour) FROM tally WHERE member = ?").pluck(),
    lookups: database
      .prepare<[number, number], number>(
        "SELECT sum(lines) FROM tally WHERE member = ? AND hour = ? AND purpose > 0",
      )
      .pluck(),
    breadths: database.prepare<
      [number, number, number],
      { member: number; purpose: number; subjects: number }
    >(
      `SELECT member, purpose, count(DISTINCT tag) AS subjects FROM line INDEXED BY line_at
       WHERE at >= ? AND at < ? AND tag IS NOT NULL AND member IS NOT NULL AND purpose IS NOT NULL
       GROUP BY member, purpose HAVING subjects >= ?`,
    ),
    interests: database.prepare<[number, number, number], { tag: Buffer; members: number }>(
      `SELECT tag, count(DISTINCT member) AS members FROM line INDEXED BY line_at
       WHERE at >= ? AND at < ? AND tag IS NOT NULL AND purpose IS NOT NULL GROUP BY tag HAVING members >= ?`,
    ),
    firstUses: database.prepare<[number, number], { member: number; purpose: number; line: number }>(
      "SELECT member, purpose, line FROM first_use WHERE at >= ? AND at < ? AND member IS NOT NULL ORDER BY line",
    ),
    since: database.prepare<[number], number>("SELECT min(at) FROM first_use WHERE member = ?").pluck(),
    ofMember: indexes<[number, number, number]>("line_member", "member = ? AND purpose IS NOT NULL"),
    ofPurpose: indexes<[number, number, number, number]>("line_member_purpose", "member = ? AND purpose = ?"),
    ofTag: indexes<[Buffer, number, number]>("line_tag", "tag = ? AND purpose IS NOT NULL"),
  };
}
