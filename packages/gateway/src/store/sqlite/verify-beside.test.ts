import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kept, keepResponse } from "@xinqiao/protocol/evidence";
import { jurisdictionSchema, nodeIdSchema } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../../log/audit-log.contract.ts";
import { subjectTags } from "../../log/index.ts";
import { openAuditLog } from "./audit-log.ts";
import { readEvidence } from "./read-evidence.ts";
import { type Part, seal } from "./sealing.ts";
import { tagKey } from "./testing/tag-key.ts";
import { verifyLog } from "./verify-log.ts";

const dongguan = jurisdictionSchema.parse("441900");
const answers = [{ jurisdiction: dongguan, jws: "signed-by-dongguan" }];
const request = {
  method: "POST",
  targetUri: "https://sz.example/v1/lookups",
  headers: {},
  base: "",
  body: "",
};

/** Somebody who has the database, keys and all, and seals anew what is kept beside an entry. */
describe("what is kept beside an entry and was sealed again", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    path = join(folder, "log.db");
    const log = await openLog();
    const about = { until: Date.parse("2099-01-01"), subject: "uscc:A" };
    const intent = intentDraft();
    await log.append({ ...intent, private: { subject: "uscc:A", caseReference: "B" } }, undefined, {
      ...about,
      request,
    });
    const row = {
      jurisdiction: dongguan,
      node: nodeIdSchema.parse("dg"),
      status: "none",
      latencyMs: 1,
    } as const;
    const { exchange, actor } = intent;
    await log.append(
      {
        ...{ kind: "lookup.outcome", exchange, actor, intent: 0, complete: true },
        rows: [{ ...row, answer: "signed-by-dongguan" }],
      },
      undefined,
      { ...about, answers },
    );
    const sent = { status: 200, headers: {}, text: '{"answer":"signed-by-dongguan"}' };
    log.keep(1, { response: keepResponse(sent, answers) });
    await log.close();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const openLog = () => openAuditLog({ path, origin: "sz", tagKey, now: Date.now, minFreeBytes: 0 });

  function reseal(entry: number, part: Part, change: (kept: Kept) => unknown): void {
    const evidence = readEvidence(path, entry);
    if (typeof evidence === "string") throw new Error(evidence);
    const database = new Database(path);
    const key = database.prepare<[], Buffer>("SELECT key FROM subject_key").pluck().get();
    if (key === undefined) throw new Error("no key");
    database
      .prepare("UPDATE evidence SET sealed = ? WHERE entry = ? AND part = ?")
      .run(seal(key, { entry, part }, JSON.stringify(change(evidence.kept))), entry, part);
    database.close();
  }

  function remove(sql: string): void {
    const database = new Database(path);
    database.exec(sql);
    database.close();
  }

  const lost = "1 entries have lost what opens their commitments, 0 by what the log says";

  it("is whole when nobody has", () => {
    expect(verifyLog(path)).toMatchObject({ findings: [], erased: 0, partial: 0 });
  });

  it.each([
    ["nothing", 0, () => ({ openings: [] })],
    ["one opening of two", 0, (kept: Kept) => ({ ...kept, openings: kept.openings.slice(1) })],
    ["an outcome without what opens its answers", 1, () => ({ openings: [] })],
  ])("with %s is an erasure in secret", (_what, entry, change) => {
    reseal(entry, "entry", change);
    expect(verifyLog(path)).toMatchObject({ erased: 1, findings: expect.arrayContaining([lost]) });
  });

  it("is explained by no more erasures than the log has", async () => {
    const log = await openLog();
    await log.append({ ...intentDraft(), private: { subject: "uscc:B" } });
    await log.erase({ tag: subjectTags(tagKey)("uscc:B"), reason: "unlawful" });
    await log.close();
    expect(verifyLog(path)).toMatchObject({ erased: 1, findings: [] });
    reseal(0, "entry", () => ({ openings: [] }));
    expect(verifyLog(path)).toMatchObject({
      erased: 2,
      findings: ["2 entries have lost what opens their commitments, 1 by what the log says"],
    });
  });

  it.each([
    [
      "the same opening twice",
      (kept: Kept) => ({ ...kept, openings: [...kept.openings, ...kept.openings] }),
      "entry 1: answer.441900 is kept more than once",
    ],
    [
      "another answer",
      (kept: Kept) => ({ ...kept, answers: [{ jurisdiction: dongguan, jws: "another" }] }),
      "entry 1: the answer kept for 441900 is not the one committed to",
    ],
    [
      "the answers gone from under the response",
      ({ openings }: Kept) => ({ openings }),
      "entry 1: answers that stood in the response kept are gone",
    ],
    ["what nobody can read", () => "nothing", "entry 1: what is kept beside it does not open"],
  ])("with %s is found", (_what, change, finding) => {
    reseal(1, "entry", change);
    expect(verifyLog(path).findings).toContain(finding);
  });

  it("without the signed request, answers or response is counted", () => {
    remove("DELETE FROM evidence WHERE part = 'response'");
    expect(verifyLog(path)).toMatchObject({ findings: [], partial: 1 });
    reseal(1, "entry", ({ openings }) => ({ openings }));
    expect(verifyLog(path)).toMatchObject({ findings: [], partial: 1 });
    reseal(0, "entry", ({ openings }) => ({ openings }));
    expect(verifyLog(path)).toMatchObject({ findings: [], erased: 0, partial: 2 });
  });
});
