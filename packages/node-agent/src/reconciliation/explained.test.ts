import type { NodeId } from "@xinqiao/protocol/identity";
import { answerDigest, type LogEntryDraft } from "@xinqiao/protocol/log";
import { type GivenLeaf, intervalAt } from "@xinqiao/protocol/reconciliation";
import { testNode, testNow } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { type FakeCity, startFakeCity } from "./testing/fake-city.ts";

const hour = intervalAt(testNow);
const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const [self, asker] = [testNode("sz-baoan"), testNode("dg")];
const mine = { side: "answered", exchange, status: "answered", digest: answerDigest("a") } as const;
const at = new Date(testNow).toISOString();

const intent = (targets: readonly NodeId[] = [self]): LogEntryDraft =>
  JSON.parse(
    JSON.stringify({
      kind: "lookup.intent",
      askedAt: at,
      exchange,
      actor: asker,
      purpose: "bid-review",
      items: ["penalty"],
      jurisdictions: ["440306"],
      targets,
      deadlineMs: 2_000,
    }),
  );
const outcome = (row: object, closes = 0): LogEntryDraft =>
  JSON.parse(
    JSON.stringify({
      kind: "lookup.outcome",
      exchange,
      actor: asker,
      intent: closes,
      complete: true,
      rows: [{ jurisdiction: "440306", node: self, latencyMs: 1, ...row }],
    }),
  );
const answered = (answer: string) => outcome({ status: "ok", answeredAt: at, answer });
const timeout = outcome({ status: "timeout" });
const erasure: LogEntryDraft = {
  kind: "subject.erased",
  exchange: null,
  actor: null,
  entries: 2,
  reason: "consent-withdrawn",
};
const interrupted: LogEntryDraft = { kind: "exchange.interrupted", exchange, actor: asker, intent: 0 };

/** Entries in the city's log, handed out as they are; opened where they say an answer, unless that is erased. */
function hand(city: FakeCity, drafts: readonly LogEntryDraft[], opened = true): GivenLeaf[] {
  const given = drafts.map((draft) => {
    const { index, leaf, sealed } = city.log.append(draft);
    const openings = opened ? sealed.openings : [];
    const answers = openings.map(({ field, key, value }) => [
      field.replace("answer.", ""),
      { key: Buffer.from(key).toString("base64"), value },
    ]);
    return { index, leaf, answers: Object.fromEntries(answers) };
  });
  city.leaves = () => given;
  return given;
}

async function outcomeOf(city: FakeCity) {
  const hourOf = await city.compare(hour);
  if (!hourOf.ok) throw new Error(JSON.stringify(hourOf.error));
  return hourOf.value;
}

const explained = (explanation: string) => ({ differences: 0, explained: 1, findings: [{ explanation }] });
const notProved = { differences: 1, explained: 0, findings: [{ by: "inclusion-proof" }] };

describe("an answer of which the city says that it was not taken", () => {
  function dropped() {
    const city = startFakeCity();
    city.holds(mine);
    city.explains = () => "answer-not-taken";
    return city;
  }

  it.each<[string, readonly LogEntryDraft[]]>([
    ["has none of it", [intent(), timeout]],
    ["opens another", [intent(), answered("another")]],
    ["was interrupted", [intent(), interrupted]],
  ])("is explained by a log that proves that the member was asked and %s", async (_what, drafts) => {
    const city = dropped();
    hand(city, drafts);
    expect(await outcomeOf(city)).toMatchObject(explained("answer-not-taken"));
    expect(city.heard.at(-1)).toMatchObject({ unproven: [] });
  });

  it.each<[string, readonly LogEntryDraft[]]>([
    ["nothing", []],
    ["no outcome", [intent()]],
    ["that another was asked", [intent([asker]), timeout]],
    ["that very answer", [intent(), answered("a")]],
  ])("is a difference, told the gateway, where the log proves %s", async (_what, drafts) => {
    const city = dropped();
    hand(city, drafts);
    city.log.append(erasure);
    expect(await outcomeOf(city)).toMatchObject(notProved);
    expect(city.heard.at(-1)).toMatchObject({
      unproven: [{ side: "answered", exchange, by: "inclusion-proof" }],
    });
  });

  it("is a difference where the leaf handed out does not stand in the tree", async () => {
    const city = dropped();
    const [asked, end] = hand(city, [intent(), answered("a")]);
    if (asked === undefined || end === undefined) throw new Error("no leaves");
    const [, forged] = hand(startFakeCity(), [intent(), timeout]);
    city.leaves = () => [asked, { ...end, leaf: forged?.leaf ?? "", answers: {} }];
    expect(await outcomeOf(city)).toMatchObject(notProved);
  });
});

describe("an answer of which the city says that its evidence is erased", () => {
  function altered(drafts: readonly LogEntryDraft[], opened: boolean) {
    const city = startFakeCity();
    city.holds(mine);
    city.logs({ ...mine, digest: null });
    city.explains = () => "evidence-erased";
    hand(city, drafts, opened);
    return city;
  }

  it("is explained by a log that proves that evidence was destroyed after it", async () => {
    const city = altered([intent(), answered("a"), erasure], false);
    expect(await outcomeOf(city)).toMatchObject(explained("evidence-erased"));
  });

  it.each<[string, readonly LogEntryDraft[], boolean]>([
    ["has destroyed none", [intent(), answered("a")], false],
    ["opens another", [intent(), answered("another"), erasure], true],
    [
      "says that it was refused",
      [intent(), outcome({ status: "refused", answeredAt: at, answer: "x" }), erasure],
      false,
    ],
  ])("is a difference where the log %s", async (_what, drafts, opened) => {
    expect(await outcomeOf(altered(drafts, opened))).toMatchObject(notProved);
  });

  it("is a difference where evidence was destroyed only before it", async () => {
    const city = altered([], false);
    const { index, leaf } = city.log.append(erasure);
    const given = hand(city, [intent(), outcome({ status: "ok", answeredAt: at, answer: "a" }, 1)], false);
    city.leaves = () => [...given, { index, leaf }];
    expect(await outcomeOf(city)).toMatchObject(notProved);
  });

  it("is explained, where the city had told it alike before it was destroyed", async () => {
    const city = startFakeCity();
    city.holds(mine);
    city.logs(mine);
    hand(city, [intent(), answered("a"), erasure], false);
    expect(await outcomeOf(city)).toMatchObject(explained("evidence-erased"));
  });
});

describe("a reply of which the city says that it was lost", () => {
  const told = { side: "asked", exchange, status: "complete", digest: answerDigest("told") } as const;

  it.each([
    ["explained, when this member knows that it asked", true],
    ["a difference, when it does not", false],
  ])("is %s", async (_what, knows) => {
    const city = startFakeCity();
    if (knows) city.holds(told, { status: "unanswered", digest: null });
    city.logs(told);
    city.explains = () => "reply-lost";
    city.log.append(erasure);
    expect(await outcomeOf(city)).toMatchObject({ differences: knows ? 0 : 1, explained: knows ? 1 : 0 });
  });
});
