import { recordFromRow } from "@xinqiao/protocol/record";
import { expect, it } from "vitest";
import { penaltyRow, testCatalogue, testItem, testJurisdiction } from "../intake/testing/rows.ts";
import { copiesSchema } from "../sharing/index.ts";
import { copiesText } from "./copies.ts";

it("shows each copy with its columns by their labels, and who disputes it", () => {
  const context = { jurisdiction: testJurisdiction, recordedAt: "2026-02-01T00:00:00Z" };
  const record = recordFromRow(testItem("penalty"), penaltyRow(1), context);
  if (!record.ok) throw new Error("no record");
  const disputes = [{ kind: "objection", since: "2026-02-02T00:00:00Z" }];
  const held = copiesSchema.parse({ copies: [{ source: "sz-baoan", record: record.value, disputes }] });
  const text = copiesText(held, testCatalogue);
  expect(text).toContain("来源 source: sz-baoan\n事项 item: penalty 行政处罚\n");
  expect(text).toContain("争议 disputed: 异议 objection, 自 since 2026-02-02 08:00:00（北京时间）");
  expect(text).toMatch(/│ 处罚决定日期 CF_JDRQ\s+│ 2024-01-02\s+│/);
  expect(copiesText({ copies: [] }, testCatalogue)).toContain("没有可用的共享副本");
});
