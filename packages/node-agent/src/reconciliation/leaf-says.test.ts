import { jurisdictionSchema } from "@xinqiao/protocol/identity";
import { answerDigest, type LogEntryDraft } from "@xinqiao/protocol/log";
import { intervalAt, toldDigest } from "@xinqiao/protocol/reconciliation";
import { testNode, testNow } from "@xinqiao/protocol/testing";
import { expect, it } from "vitest";
import { startFakeCity } from "./testing/fake-city.ts";

const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const [self, source] = [testNode("sz-baoan"), testNode("dg")];
const at = new Date(testNow).toISOString();
const about = { exchange, actor: self };
const row = {
  jurisdiction: jurisdictionSchema.parse("441900"),
  node: source,
  status: "stale",
  code: "node.unreachable",
} as const;

const intent = {
  ...{ kind: "lookup.intent", ...about, askedAt: at, purpose: "bid-review", items: ["penalty"] },
  ...{ jurisdictions: [row.jurisdiction], targets: [source], deadlineMs: 2_000 },
};
const outcome = {
  ...{ kind: "lookup.outcome", ...about, intent: 0, complete: false },
  rows: [{ ...row, latencyMs: 1, asOf: at, answeredAt: at, answer: "the city's word" }],
};
const draftOf = (entry: object): LogEntryDraft => JSON.parse(JSON.stringify(entry));

/** An asker's book, and a log whose outcome has the city's word from its copy. */
async function comparedWith(word: string) {
  const city = startFakeCity();
  const leaves = [intent, outcome].map((entry) => {
    const { index, leaf, sealed } = city.log.append(draftOf(entry));
    const openings = sealed.openings.map(({ field, key, value }) => [
      field.replace("answer.", ""),
      { key: Buffer.from(key).toString("base64"), value },
    ]);
    return { index, leaf, answers: Object.fromEntries(openings) };
  });
  city.leaves = () => leaves;
  const digest = toldDigest(false, [{ ...row, answer: answerDigest(word) }]);
  const line = { side: "asked", exchange, status: "partial", digest } as const;
  city.holds(line, { requester: self, place: { intent: 0, entry: 1, size: 2, root: city.log.root() } });
  city.logs(line);
  const compared = await city.compare(intervalAt(testNow));
  if (!compared.ok) throw new Error(JSON.stringify(compared.error));
  return compared.value;
}

it("proves an answer that the city has given from its copy to whoever asked, and no other in its place", async () => {
  expect(await comparedWith("the city's word")).toMatchObject({ proved: 1, differences: 0 });
  expect(await comparedWith("another word")).toMatchObject({
    proved: 0,
    differences: 1,
    findings: [{ side: "asked", by: "inclusion-proof" }],
  });
});
