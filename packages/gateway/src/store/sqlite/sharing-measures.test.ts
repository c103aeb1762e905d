import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { changeSchema, feedIdSchema, lineHash } from "@xinqiao/protocol/sync";
import { testNow, testRecord } from "@xinqiao/protocol/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstReport, keptReport, measuresContract } from "../../measures/measures.contract.ts";
import { noScore } from "../../scorecard/index.ts";
import { type OpenedHub, openHub } from "./index.ts";

const otherExchange = "00000000-0000-4000-8000-000000000002";
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");

describe("measures in the hub's file", () => {
  let folder: string;
  let hub: OpenedHub;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-measures-"));
    hub = openHub(join(folder, "sharing.db"));
  });

  afterEach(() => {
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  measuresContract(() => hub);

  /** The source tells one version of the record. */
  function tell(version: number, state: string, at = testNow, ends: object = {}): void {
    const record = testRecord({ id: firstReport.record, version, state, ...ends });
    const change = changeSchema.parse({ seq: version, salt: "A".repeat(22), record });
    const line = JSON.stringify(change);
    hub.take({
      source: firstReport.source,
      page: { feed, from: version, last: version, hash: lineHash(line), complete: true },
      head: line,
      changes: [{ change, line }],
      refused: [],
      first: new Set(),
      letters: [],
      at,
      score: { ...noScore, month: "2026-01" },
      holders: () => [],
      today: "2026-01-01",
      dueOn: () => "2026-01-02",
    });
  }

  it("says of how many that were applied the record was repaired since", () => {
    const overtaken = () => hub.measureCounts().map((count) => count.overtaken);
    const others = { exchange: "00000000-0000-4000-8000-000000000002", outcome: "not-applied" } as const;
    tell(1, "current");
    hub.keepReport(keptReport({}));
    hub.keepReport(keptReport(others));
    expect(overtaken()).toEqual([0]);
    tell(2, "repaired");
    expect(overtaken()).toEqual([1]);
  });

  /** Reports of whose members are to be asked. */
  const toAsk = () => hub.revocations.unsigned().map(({ report }) => report);
  /** Hands out what is to be asked. @returns the notices */
  const ask = () =>
    hub.revocations.unsigned().map(({ id }) => {
      hub.revocations.signed(id, { text: `notice ${id}`, sha256: `notice-${id}`, dueOn: "2026-01-07" });
      hub.revocations.announced(id);
      return `notice-${id}`;
    });
  const answer = (notice: string | undefined, outcome: "revoked" | "kept") => {
    const asked = hub.revocations.asked(firstReport.iss, notice ?? "");
    if (asked === undefined) throw new Error("not asked");
    hub.revocations.answered(asked.id, { text: outcome, sha256: `answer-${outcome}`, outcome });
    return hub.revocations.asked(firstReport.iss, notice ?? "")?.outcome;
  };
  const applied = keptReport({});

  it("has whoever acted upon a record asked once it is repaired or withdrawn, once, and nobody else", () => {
    tell(1, "current");
    hub.keepReport(applied);
    hub.keepReport(keptReport({ exchange: otherExchange, outcome: "not-applied" }));
    hub.keepReport({ ...keptReport({ iss: nodeIdSchema.parse("hz") }), isFollowed: false });
    expect(toAsk()).toEqual([]);
    tell(2, "withdrawn");
    expect(toAsk()).toEqual([applied.sha256]);
    const [notice] = ask();
    expect(hub.revocations.open()).toMatchObject([
      { notice, effect: "withdrawn", member: "dg", reported: applied.text },
    ]);
    tell(3, "withdrawn");
    expect(toAsk()).toEqual([]);
    expect(hub.measureCounts()).toMatchObject([{ unanswered: 1, revoked: 0 }]);
    answer(notice, "revoked");
    expect(hub.revocations.open()).toEqual([]);
    expect(hub.measureCounts()).toMatchObject([{ unanswered: 0, revoked: 1 }]);
  });

  it("has its member asked at once when a report comes for a record that is repaired already", () => {
    tell(1, "repaired");
    hub.keepReport(applied);
    expect(toAsk()).toEqual([applied.sha256]);
  });

  it("keeps no report about a measure that its member is asked to revoke", () => {
    tell(1, "repaired");
    expect(hub.keepReport(applied)).toBe(true);
    const newer = { iat: firstReport.iat + 1, outcome: "not-applied" } as const;
    expect(hub.keepReport(keptReport(newer))).toBe(false);
    expect(hub.measureCounts()).toMatchObject([{ applied: 1, notApplied: 0 }]);
    tell(2, "current");
    expect(hub.keepReport(keptReport(newer))).toBe(true);
  });

  it("knows since when a record is disclosed no more: from the first version that says so, until it stands again", () => {
    const goneAt = () => hub.version(firstReport.source, firstReport.record)?.goneAt;
    tell(1, "annotated", 1_000);
    expect(goneAt()).toBeNull();
    tell(2, "repaired", 2_000);
    tell(3, "withdrawn", 3_000);
    expect(goneAt()).toBe(2_000);
    tell(4, "current", 4_000);
    expect(goneAt()).toBeNull();
    tell(5, "withdrawn", 5_000);
    expect(goneAt()).toBe(5_000);
  });

  it("knows it also of a file from before that was noted", () => {
    tell(1, "current", 1_000);
    tell(2, "repaired", 2_000);
    const path = join(folder, "sharing.db");
    hub.close();
    const before = new Database(path);
    before.exec("ALTER TABLE held DROP COLUMN gone_at; PRAGMA user_version = 3;");
    before.close();
    hub = openHub(path);
    expect(hub.version(firstReport.source, firstReport.record)?.goneAt).toBe(2_000);
  });

  it("asks no more when the record stands again, and anew when it is repaired again, unless it was revoked", () => {
    tell(1, "repaired");
    hub.keepReport(applied);
    const [first] = ask();
    tell(2, "current");
    expect(hub.revocations.isOpen(firstReport.iss, first ?? "")).toBe(false);
    expect(hub.revocations.isAsked(firstReport)).toBe(false);
    tell(3, "repaired");
    const [second] = ask();
    expect(answer(second, "kept")).toBe("kept");
    tell(4, "current");
    tell(5, "repaired");
    const [third] = ask();
    expect(answer(third, "revoked")).toBe("revoked");
    tell(6, "current");
    tell(7, "repaired");
    expect(toAsk()).toEqual([]);
  });

  describe("of a record that a correction ends", () => {
    const end = (version: number, ends: object) => tell(version, "current", testNow, ends);
    const effects = () => hub.revocations.unsigned().map(({ effect }) => effect);
    const goneAt = () => hub.version(firstReport.source, firstReport.record)?.goneAt;

    it.each([
      ["taken off its list", { disclosedUntil: "2025-12-31" }],
      ["not valid any more", { validUntil: "2025-12-31" }],
    ])("has whoever acted upon it asked once it is %s", (_what, ends) => {
      end(1, {});
      hub.keepReport(applied);
      end(2, ends);
      expect(effects()).toEqual(["ended"]);
      expect(hub.measureCounts()).toMatchObject([{ overtaken: 1, unanswered: 1 }]);
      expect(goneAt()).toBe(testNow);
      end(3, ends);
      expect(toAsk(), "once").toEqual([applied.sha256]);
      end(4, {});
      expect(toAsk(), "it stands again").toEqual([]);
      expect(goneAt()).toBeNull();
    });

    it("has them asked when the day is over that a correction has set", () => {
      end(1, { validUntil: "2030-01-01" });
      hub.keepReport(applied);
      end(2, { validUntil: "2026-02-01" });
      expect(hub.revocations.noteEnded("2026-02-01"), "its last day").toBe(0);
      expect(toAsk()).toEqual([]);
      expect(hub.revocations.noteEnded("2026-02-02")).toBe(1);
      expect(effects()).toEqual(["ended"]);
      expect(hub.revocations.noteEnded("2026-02-02")).toBe(0);
      expect(goneAt(), "midnight in China").toBe(Date.parse("2026-02-01T16:00:00Z"));
    });

    it("asks nobody when it ends as it says once it was extended to what it named at first, or beyond", () => {
      end(1, { validUntil: "2026-12-31" });
      hub.keepReport(applied);
      end(2, { validUntil: "2026-06-30" });
      end(3, { validUntil: "2027-12-31" });
      expect(hub.revocations.noteEnded("2028-01-01")).toBe(0);
      expect(toAsk()).toEqual([]);
      expect(goneAt()).toBeNull();
    });

    it("has them asked when it was extended, and not to what it named at first", () => {
      end(1, { validUntil: "2026-12-31" });
      hub.keepReport(applied);
      end(2, { validUntil: "2025-12-31" });
      expect(effects()).toEqual(["ended"]);
      end(3, { validUntil: "2026-09-30" });
      expect(toAsk(), "it stands again").toEqual([]);
      expect(hub.revocations.noteEnded("2026-10-01")).toBe(1);
      expect(effects()).toEqual(["ended"]);
    });

    it("has one asked whose report comes later", () => {
      end(1, {});
      end(2, { disclosedUntil: "2025-12-31" });
      hub.keepReport(applied);
      expect(effects()).toEqual(["ended"]);
    });

    it("asks nobody about one that ends as it always said", () => {
      const ends = { disclosedUntil: "2025-12-31", validUntil: "2025-06-30" };
      end(1, ends);
      hub.keepReport(applied);
      end(2, { ...ends, validUntil: "2025-06-01" });
      end(3, ends);
      expect(hub.revocations.noteEnded("2027-01-01")).toBe(0);
      expect(toAsk()).toEqual([]);
      expect(hub.measureCounts()).toMatchObject([{ overtaken: 0 }]);
    });
  });

  it("lets a revocation stand, of two answers whichever comes last", () => {
    tell(1, "repaired");
    hub.keepReport(applied);
    const [notice] = ask();
    expect(answer(notice, "kept")).toBe("kept");
    expect(answer(notice, "revoked")).toBe("revoked");
    expect(answer(notice, "kept")).toBe("revoked");
  });

  it("of a file from before anybody was asked has those asked that were overtaken by then", () => {
    tell(1, "repaired");
    hub.keepReport(applied);
    const path = join(folder, "sharing.db");
    hub.close();
    const before = new Database(path);
    before.exec("DROP TABLE revocation; ALTER TABLE measure DROP COLUMN followed; PRAGMA user_version = 3;");
    before.close();
    hub = openHub(path);
    expect(toAsk()).toEqual([applied.sha256]);
  });

  describe("what screenings have given", () => {
    const { exchange, source, record, version } = firstReport;
    const given = { source, record, version };
    const wasGiven = (change: object = {}) => hub.given.wasGiven({ exchange, ...given, ...change });
    const others = Array.from({ length: 10_000 }, (_, at) => ({ ...given, record: `penalty:${at}` }));

    it("is known by exchange, source, record and version, as far as they have", () => {
      hub.given.give(exchange, [...others, given], "2026-01-01");
      expect(wasGiven()).toBe(true);
      expect(wasGiven({ record: "penalty:0" })).toBe(true);
      expect(wasGiven({ record: "penalty:10000" })).toBe(false);
      expect(wasGiven({ version: 2 })).toBe(false);
      expect(wasGiven({ source: nodeIdSchema.parse("hz") })).toBe(false);
      expect(wasGiven({ exchange: otherExchange })).toBe(false);
    });

    it("takes a row each, however much it was, and goes after two years, some at a time and never with a screening", () => {
      const rows = () => {
        const file = new Database(join(folder, "sharing.db"), { readonly: true });
        const count = file.prepare("SELECT count(*) FROM given").pluck().get();
        file.close();
        return count;
      };
      hub.given.give(exchange, [...others, given], "2026-01-01");
      hub.given.give(otherExchange, [given], "2026-01-01");
      hub.given.give("00000000-0000-4000-8000-000000000003", [given], "2028-01-02");
      expect(rows()).toBe(3);
      expect(hub.forgetGiven("2028-01-01", 1)).toBe(0);
      expect(wasGiven()).toBe(true);
      expect([1, 1, 1].map((limit) => hub.forgetGiven("2028-01-02", limit))).toEqual([1, 1, 0]);
      expect(wasGiven()).toBe(false);
      expect(rows()).toBe(1);
    });
  });
});
