import { describe, expect, it } from "vitest";
import { signCompact } from "../jws/index.ts";
import { testFederation, testNode, testNow } from "../testing/index.ts";
import { summarise } from "./book.ts";
import { intervalAt } from "./interval.ts";
import {
  openReport,
  openStatement,
  type Report,
  type Statement,
  signReport,
  signStatement,
  statedInterval,
  statementType,
} from "./statement.ts";

const { directory, signer } = testFederation();
const member = testNode("sz-baoan");
const interval = intervalAt(testNow);
const statement: Statement = {
  iss: member,
  iat: testNow / 1000,
  member,
  interval,
  ...summarise([]),
};
const open = (text: string) => openStatement(text, { signer: member, member, interval }, directory);

describe("a statement of an hour", () => {
  it("is its signer's own word", async () => {
    const text = await signStatement(statement, signer("sz-baoan"));
    expect(open(text)).toEqual(statement);
    expect(statedInterval(text)).toBe(interval);
  });

  it.each<[string, () => Promise<string>]>([
    ["of another member", () => signStatement(statement, signer("dg"))],
    ["in another's name", () => signStatement({ ...statement, iss: testNode("dg") }, signer("sz-baoan"))],
    ["of another's book", () => signStatement({ ...statement, member: testNode("dg") }, signer("sz-baoan"))],
    [
      "of another hour",
      () => signStatement({ ...statement, interval: intervalAt(testNow + 3_600_000) }, signer("sz-baoan")),
    ],
    ["signed before its key counted", () => signStatement({ ...statement, iat: 0 }, signer("sz-baoan"))],
    ["of a key nobody knows", () => signStatement(statement, signer("stranger"))],
    [
      "of another type",
      () => signCompact(Buffer.from(JSON.stringify(statement)), "xinqiao-answer+jws", signer("sz-baoan")),
    ],
    ["that is none", () => signCompact(Buffer.from("{}"), statementType, signer("sz-baoan"))],
    [
      "that was changed",
      async () => `${(await signStatement(statement, signer("sz-baoan"))).slice(0, -4)}AAAA`,
    ],
  ])("is not one %s", async (_name, make) => {
    expect(open(await make())).toBeUndefined();
  });

  it("is not a report, nor a report a statement", async () => {
    const { iss, asked, answered, ...about } = statement;
    const summary = { asked, answered };
    const report: Report = {
      ...about,
      iss: testNode("sz"),
      stated: summary,
      logged: summary,
      findings: [],
      more: 0,
      unproven: [],
    };
    const expected = { signer: testNode("sz"), member, interval };
    const text = await signReport(report, signer("sz"));
    expect(openReport(text, expected, directory)).toEqual(report);
    expect(openStatement(text, expected, directory)).toBeUndefined();
    expect(statedInterval(text)).toBeUndefined();
    expect(
      openReport(await signStatement(statement, signer("sz-baoan")), expected, directory),
    ).toBeUndefined();
  });
});
