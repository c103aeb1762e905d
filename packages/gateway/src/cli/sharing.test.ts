import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { changeSchema, feedIdSchema, lineHash, subscriptionSchema } from "@xinqiao/protocol/sync";
import { testRecord } from "@xinqiao/protocol/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openActsFolder } from "../acts/index.ts";
import { loadConfig } from "../config/index.ts";
import { noScore } from "../scorecard/index.ts";
import { openHub } from "../store/sqlite/index.ts";
import { createMetrics, noteSharing } from "../telemetry/index.ts";
import { init } from "./init.ts";
import { scorecard } from "./scorecard.ts";
import { deadLetters, dropLetters, replayLetters, sharingStatus } from "./sharing.ts";

const now = () => Date.parse("2026-03-01T00:00:00Z");
const [dg, hz] = [nodeIdSchema.parse("dg"), nodeIdSchema.parse("hz")];
let home: string;

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "xinqiao-sharing-cli-")), "sz");
  const city = { node: "sz", nameZh: "示例市", nameEn: "Example City", division: "440300" };
  await init({ home, ...city, listen: "127.0.0.1:9440", admin: "127.0.0.1:9449", suite: "ed25519" }, now());
  const hub = await open();
  hub.take(page());
  const everything = subscriptionSchema.parse({ items: "all", jurisdictions: "all", subjectKinds: "all" });
  const reading = { after: 0, scope: { ...everything, items: [], missed: [] } };
  hub.handed({ node: hz, position: 0, subscription: everything }, reading, now() - 60_000);
  hub.close();
});
afterEach(() => rm(join(home, ".."), { recursive: true, force: true }));

const open = async () => openHub((await loadConfig(home)).sharing);
const waiting = async () =>
  (await openActsFolder((await loadConfig(home)).acts).waiting()).map(({ act }) => act);

/** One that is taken, and two that are not. */
function page() {
  const [record, bad, foreign] = ["good", "bad", "foreign"].map((name) =>
    testRecord({ id: `penalty:${name}` }),
  ) as [ReturnType<typeof testRecord>, ReturnType<typeof testRecord>, ReturnType<typeof testRecord>];
  const change = changeSchema.parse({ seq: 1, salt: "A".repeat(22), record });
  const line = JSON.stringify(change);
  const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
  return {
    source: dg,
    page: { feed, from: 1, last: 3, hash: lineHash(line), complete: true },
    head: line,
    changes: [{ change, line }],
    refused: [],
    first: new Set<string>(),
    letters: [
      { seq: 2, code: "sync.record-invalid", record: bad, isHeld: false },
      { seq: 3, code: "sync.jurisdiction-foreign", record: foreign, isHeld: false },
    ] as const,
    at: now() - 90_000,
    score: { ...noScore, month: "2026-03" },
    holders: () => [],
    today: "2026-01-01",
    dueOn: () => "2026-03-02",
  };
}

describe("what an operator sees of what is shared", () => {
  it("is how far sources have told and readers are behind", async () => {
    const text = await sharingStatus({ home }, now);
    expect(text).toMatch(/│ dg\s+│ 0f4c2d1e\S+ │ 3\s+│ 2026-03-01 07:58:30\s+│ 是 yes\s+│ 2 /);
    expect(text).toMatch(/│ hz\s+│ 0\s+│ 1\s+│ 3\s+│ \S+ \S+ \(90 s\)/);
    expect(text).toContain("newest page: 1");
    expect(JSON.parse(await sharingStatus({ home, json: true }, now))).toMatchObject({
      newest: 1,
      sources: [{ source: "dg", upTo: 3, refused: 2 }],
      subscribers: [{ node: "hz", behind: 1, changesBehind: 3, isLapsed: false }],
    });
  });

  it("is what was refused, all or some of it", async () => {
    expect(await deadLetters({ home, limit: "10" })).toMatch(
      /│ dg\s+│ penalty:bad\s+│ 1\s+│ sync.record-invalid\s+│/,
    );
    const some = await deadLetters({ home, limit: "10", json: true, code: "sync.jurisdiction-foreign" });
    expect(JSON.parse(some)).toMatchObject([{ record: "penalty:foreign", isAskedFor: false }]);
    expect(await deadLetters({ home, limit: "10", source: "hz" })).toContain("nothing is refused");
  });

  it("is in the metrics, and there no more once it is settled", async () => {
    const { registry, sharing } = createMetrics();
    const hub = await open();
    noteSharing(sharing, hub.standing(), hub.letterCounts(), now());
    const text = await registry.metrics();
    expect(text).toContain('xinqiao_sharing_reader_pages_behind{member="hz"} 1');
    expect(text).toContain('xinqiao_sharing_reader_seconds_behind{member="hz"} 90');
    expect(text).toContain('xinqiao_sharing_dead_letters{member="dg",code="sync.record-invalid"} 1');
    hub.dropLetters({});
    for (const absent of hub.absentSince(now())) hub.setLapsed(absent);
    noteSharing(sharing, hub.standing(), hub.letterCounts(), now());
    expect(await registry.metrics()).not.toContain('code="sync.record-invalid"');
    expect(await registry.metrics()).not.toContain('xinqiao_sharing_reader_seconds_behind{member="hz"}');
    hub.close();
  });
});

describe("what an operator does about what was refused", () => {
  it("is to have it told again, which the log hears of", async () => {
    expect(await replayLetters({ home, record: "penalty:bad" }, now)).toContain("asked for: 1");
    expect(await deadLetters({ home, limit: "10", record: "penalty:bad" })).toContain("是 yes");
    const hub = await open();
    expect(hub.again(dg)).toEqual(["penalty:bad"]);
    hub.close();
    expect(await waiting()).toMatchObject([
      { kind: "dead-letters.decided", decision: "told-again", source: null, letters: 1 },
    ]);
    expect(JSON.stringify(await waiting())).not.toContain("penalty:bad");
  });

  it("is not done when the log could not hear of it, nor to all of it by mistake", async () => {
    await expect(replayLetters({ home }, now)).rejects.toThrow("--all");
    const { acts } = await loadConfig(home);
    await rm(acts, { recursive: true, force: true });
    await writeFile(acts, "no folder");
    await expect(replayLetters({ home, all: true }, now)).rejects.toThrow();
    await expect(dropLetters({ home, all: true }, now)).rejects.toThrow();
    const hub = await open();
    expect(hub.letters({}, 10)).toMatchObject([{ isAskedFor: false }, { isAskedFor: false }]);
    hub.close();
  });

  it("is to drop it from the list, not all by mistake, and nothing is logged where nothing was dropped", async () => {
    await expect(dropLetters({ home }, now)).rejects.toThrow("--all");
    await expect(dropLetters({ home, source: "hz" }, now)).rejects.toThrow("nothing refused is like that");
    expect(await waiting()).toEqual([]);
    expect(JSON.parse(await dropLetters({ home, all: true, json: true }, now))).toEqual({ letters: 2 });
    expect(await waiting()).toMatchObject([{ decision: "dropped", letters: 2 }]);
  });
});

it("says which files the scorecard went into, and to a program nothing but the figures", async () => {
  const csv = join(home, "考核.csv");
  expect(await scorecard({ home, month: "2026-03", csv })).toMatch(
    new RegExp(`\\nwritten · 已写入: ${csv}$`),
  );
  const file = join(home, "again.csv");
  expect(await scorecard({ home, month: "2026-03", csv: file, json: true })).toBe("[]");
});
