import { type Answer, answerSchema, type Expected, questionSchema } from "../exchange/index.ts";
import { recordSchema } from "../record/index.ts";
import { testNode, testNow, testRequestId } from "./messages.ts";

const seconds = testNow / 1000;
const subject = { kind: "enterprise", scheme: "uscc", id: "91440300MADEM00032" };

/** What the district asks of the neighbour city `dg`. */
export function testExpected(): Expected {
  const { remainingMs: _spent, ...question } = questionSchema.parse({
    exchange: testRequestId,
    requester: "sz-baoan",
    subject,
    items: ["licence", "penalty"],
    purpose: "approval",
    jurisdiction: "441900",
    remainingMs: 1000,
  });
  return { node: testNode("dg"), question, terms: {}, sealed: false };
}

/** One penalty of the subject asked about. */
export function testRecord(change: object = {}) {
  return recordSchema.parse({
    id: "penalty:示罚〔2026〕1号",
    item: "penalty",
    subject,
    subjectName: "示例制造有限公司",
    jurisdiction: "441900",
    version: 1,
    state: "current",
    occurredOn: "2025-12-01",
    recordedAt: "2025-12-02T00:00:00Z",
    fields: { CF_WSH: "示罚〔2026〕1号" },
    ...change,
  });
}

/** The answer `dg` gives to it: one record, unless something is changed. */
export function testAnswer(change: object = {}): Answer {
  return answerSchema.parse({
    iss: "dg",
    aud: "sz-baoan",
    jti: testRequestId,
    iat: seconds,
    exp: seconds + 300,
    jurisdiction: "441900",
    purpose: "approval",
    subject,
    items: ["licence", "penalty"],
    status: "ok",
    asOf: "2026-01-01T00:00:00Z",
    records: [testRecord()],
    ...change,
  });
}
